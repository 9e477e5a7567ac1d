# SPDX-License-Identifier: MIT
"""OpenCV decodes and converts straight into a claim: it keeps the array that it is given."""
import numpy
import pytest

import zerobuffer


@pytest.fixture
def cv2():
    return pytest.importorskip("cv2", reason="OpenCV is not installed")


@pytest.fixture
def picture():
    """Red grows downwards, green to the right, blue is in the middle."""
    image = numpy.zeros((60, 80, 3), "u1")
    image[..., 2] = numpy.arange(60)[:, None] * 4
    image[..., 1] = numpy.arange(80) * 3
    image[20:40, 30:50, 0] = 255
    return image


def test_converts_into_a_claim(pair, picture, cv2):
    with pair.writer.claim_array(picture.shape, "u1") as claim:
        target = claim.array()
        converted = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB, dst=target)
        assert numpy.shares_memory(converted, target)
        del converted, target
    numpy.testing.assert_array_equal(pair.reader.acquire(0).array(), picture[..., ::-1])


def test_resizes_into_a_claim(pair, picture, cv2):
    with pair.writer.claim_array((30, 40, 3), "u1") as claim:
        cv2.resize(picture, (40, 30), dst=claim.array(), interpolation=cv2.INTER_AREA)
    numpy.testing.assert_array_equal(
        pair.reader.acquire(0).array(), cv2.resize(picture, (40, 30), interpolation=cv2.INTER_AREA))


def test_decodes_a_video_into_claims(name, tmp_path, picture, cv2):
    path = str(tmp_path / "video.avi")
    video = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"MJPG"), 25, (80, 60))
    if not video.isOpened():
        pytest.skip("this OpenCV writes no video")
    for step in range(3):
        video.write(numpy.roll(picture, 10 * step, 1))
    video.release()
    expected = cv2.VideoCapture(path)
    capture = cv2.VideoCapture(path)
    with zerobuffer.Reader(name, capacity=1 << 18) as reader, zerobuffer.Writer(name) as writer:
        for _ in range(3):
            with writer.claim_array((60, 80, 3), "u1") as claim:
                target = claim.array()
                there, image = capture.read(target)
                assert there and numpy.shares_memory(image, target)
                del image, target
            numpy.testing.assert_array_equal(reader.acquire(0).array(), expected.read()[1])


def test_shows_a_frame_without_a_copy(pair, picture, cv2):
    pair.writer.write_array(picture)
    frame = pair.reader.acquire(0)
    grey = cv2.cvtColor(frame.array(), cv2.COLOR_BGR2GRAY)
    numpy.testing.assert_array_equal(grey, cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))

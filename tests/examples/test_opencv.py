# SPDX-License-Identifier: MIT
"""OpenCV decodes a video into the ring; the reader sees each picture."""
import re
import subprocess

import numpy
import pytest
from conftest import DEADLINE, run, script


@pytest.fixture
def cv2():
    return pytest.importorskip("cv2", reason="OpenCV is not installed")


@pytest.fixture
def video(tmp_path, cv2):
    """Five pictures of 64 x 48, each as bright as its number times 40."""
    path = str(tmp_path / "video.avi")
    writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"MJPG"), 25, (64, 48))
    if not writer.isOpened():
        pytest.skip("this OpenCV writes no video")
    for number in range(1, 6):
        writer.write(numpy.full((48, 64, 3), 40 * number, "u1"))
    writer.release()
    return path


@pytest.mark.parametrize("flags, shape", [([], "(48, 64, 3)"), (["--grey"], "(48, 64)")], ids=["colour", "grey"])
def test_reader_sees_each_picture(name, video, flags, shape):
    with subprocess.Popen([*script("arrays/opencv_reader.py"), name], stdout=subprocess.PIPE, text=True) as reading:
        try:
            writing = run([*script("arrays/opencv_writer.py"), video, name, *flags])
            text, _ = reading.communicate(timeout=DEADLINE)
        finally:
            reading.kill()
    assert (writing.returncode, writing.stderr) == (0, "")
    lines = [re.fullmatch(r"(\d+): (.*) uint8, mean (.*)", line).groups() for line in text.splitlines()]
    assert [(number, seen) for number, seen, _ in lines] == [(str(number), shape) for number in range(1, 6)]
    # The codec of the video loses a little.
    assert [round(float(mean) / 40) for _, _, mean in lines] == [1, 2, 3, 4, 5]


def test_writer_names_a_video_that_is_none(name, tmp_path, cv2):
    writing = run([*script("arrays/opencv_writer.py"), str(tmp_path / "none.avi"), name])
    assert writing.returncode == 2
    assert "none.avi" in writing.stderr

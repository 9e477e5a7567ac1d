#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Decodes a video with OpenCV straight into the ring: no picture is copied. Needs python3-opencv.

    opencv_writer.py VIDEO [NAME] [--grey]        and in another terminal, before or after
    opencv_reader.py [NAME]
"""

import argparse

import cv2  # type: ignore[import]

from zerobuffer import Writer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video")
    parser.add_argument("name", nargs="?", default="camera")
    parser.add_argument("--grey", action="store_true", help="convert, also in place")
    options = parser.parse_args()
    capture = cv2.VideoCapture(options.video)
    if not capture.isOpened():
        parser.error(f"OpenCV cannot read {options.video}")
    shape = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)), int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
    with Writer(options.name, timeout=10) as writer:
        while capture.grab():
            if options.grey:
                picture = capture.retrieve()[1]
                with writer.claim_array(shape, "uint8") as claim:
                    cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY, dst=claim.array())
            else:
                with writer.claim_array((*shape, 3), "uint8") as claim:
                    # A view that lives on would keep the claim from being committed.
                    capture.retrieve(claim.array())


if __name__ == "__main__":
    main()

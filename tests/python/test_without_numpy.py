# SPDX-License-Identifier: MIT
"""NumPy is looked for when an array is, and not before; what needs none works without it."""


def run(process, name, code):
    said, complaints = process(code, name).finish()
    assert complaints == ""
    return said


# None in sys.modules is what `import numpy` finds where it is not installed.
HIDDEN = """
sys.modules["numpy"] = None
reader = zerobuffer.Reader(arguments[0], capacity=1 << 16)
writer = zerobuffer.Writer(arguments[0])
"""


def test_import_of_the_package_imports_no_numpy(process, name):
    assert run(process, name, 'say("numpy" in sys.modules)') == ["False"]


def test_lists_and_buffers_are_written_and_strings_read(process, name):
    code = HIDDEN + """
import array, struct
for content in ([1, 2], [0.5], [True], array.array("h", [3, 4]), b"abc"):
    say(writer.write_array(content))
    with reader.acquire() as frame:
        say(bytes(frame)[128:].hex())
writer.write_array(["a", "bc"])
say(reader.acquire().array().tolist())
say(sys.modules["numpy"])
"""
    assert run(process, name, code) == [
        "1", "01000000000000000200000000000000", "2", "000000000000e03f", "3", "01", "4", "03000400", "5", "616263",
        "['a', 'bc']", "None",
    ]  # fmt: skip


def test_what_needs_numpy_says_so_and_loses_nothing(process, name):
    code = HIDDEN + """
def attempt(call, *arguments):
    try:
        call(*arguments)
    except ImportError as error:
        say(error)
writer.write_array([1, 2])
frame = reader.acquire()
attempt(frame.array)
attempt(frame.array, "u1")
attempt(writer.claim_array, 3)
attempt(writer.write_array, [[1, 2]])
attempt(writer.write_array, memoryview(b"abcd")[::2])
say(writer.write_array([3]))
"""
    said = run(process, name, code)
    refusal = "arrays need NumPy, which is not installed; install python3-numpy, or look at memoryview(frame)"
    assert said == [refusal] * 5 + ["2"]


def test_frame_that_is_released_while_numpy_is_imported(process, name):
    """The import may let other threads in; here it does what one of them could."""
    code = """
class Releases:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            frame.release()
            while writer.write(b"x" * 1000, timeout=0):
                reader.acquire(0).release()
                if writer.stats().bytes > 1 << 20:
                    break
sys.meta_path.insert(0, Releases())
reader = zerobuffer.Reader(arguments[0], capacity=1 << 16)
writer = zerobuffer.Writer(arguments[0])
writer.write_array([1, 2])
frame = reader.acquire(0)
try:
    say(frame.array())
except zerobuffer.Misuse as error:
    say(error)
"""
    (said,) = run(process, name, code)
    assert said.startswith(f"buffer '{name}': frame 1 was released; use it before")

# SPDX-License-Identifier: MIT
"""What the C# binding declares of the interface, in the plain form of declarations.py, and how its types are called."""
import re

_PLAIN = {
    "zb_status": "Status", "int": "int", "void": "void", "uint32_t": "uint", "uint64_t": "ulong", "int64_t": "long",
    "char []": "NameBytes", "char[]": "NameBytes", "uint64_t[]": "Lengths", "char": "byte",
    "zb_reader *": "nint", "zb_writer *": "nint",
}


def csharp_type(c_type):
    """uint64_t: ulong; const zb_options *: zb_options*; zb_reader **: nint*."""
    c_type = c_type.replace("const ", "").replace(" * *", " **").strip()
    if c_type in _PLAIN:
        return _PLAIN[c_type]
    if c_type.endswith("*"):
        return csharp_type(c_type[:-1].strip() if not c_type.endswith("**") else c_type[:-2].strip() + " *") + "*"
    return c_type


def enumerator(name):
    """peer_closed in any spelling of the header: PeerClosed."""
    return "".join(word.capitalize() for word in name.split("_"))


class CSharpDeclarations:
    def __init__(self, text):
        text = re.sub(r"//[^\n]*", "", text)
        self.functions = {}
        self.aliases = {}  # of a function: name -> (entry point, result, parameter types)
        for attributes, result, name, parameters in re.findall(
                r"\[(LibraryImport\(.*?)\]\s+internal static partial (\S+) (\w+)\((.*?)\);", text):
            signature = (result, [parameter.rsplit(" ", 1)[0] for parameter in parameters.split(", ") if parameter])
            entry = re.search(r"EntryPoint = nameof\((\w+)\)", attributes)
            if entry:
                self.aliases[name] = (entry[1], *signature)
            else:
                self.functions[name] = signature
        self.without_transition = set(re.findall(
            r"SuppressGCTransition\]\s+internal static partial \S+ (\w+)\(", text))
        self.structs = {
            name: [(kind, field) for kind, field in re.findall(r"internal (\S+) (\w+);", body)]
            for name, body in re.findall(r"internal (?:unsafe )?struct (zb_\w+)\n\{(.*?)\n\}", text, flags=re.DOTALL)
        }
        self.enums = {
            name: [(member, int(value, 0)) for member, value in re.findall(r"(\w+) = (\w+),", body)]
            for name, body in re.findall(r"public enum (\w+)\n\{(.*?)\n\}", text, flags=re.DOTALL)
        }
        self.constants = dict(re.findall(r"const \w+ (ZB_\w+) = (-?\w+);", text))
        self.sizes = {name: int(size) for name, size in re.findall(r'yield return \("(zb_\w+)", .*?, (\d+)\);', text)}

# SPDX-License-Identifier: MIT
"""What the files that describe the interface declare, each read into the same plain form: functions as name -> (result,
parameter types), structs as name -> [(type, field)], enums as name -> [(enumerator, value)]."""
import re


def _words(text):
    return " ".join(re.sub(r"([*,()])", r" \1 ", text).split())


def _type_and_name(declaration):
    """Splits "const void* data" or "char text[9]"; arrays keep their brackets with the type, without the length."""
    match = re.fullmatch(r"(.*?)(\w+)(\[[^\]]*\])?", declaration.strip(), flags=re.DOTALL)
    return _words(match[1]) + ("[]" if match[3] else ""), match[2]


def _parameter_types(text):
    if text.strip() in {"", "void"}:
        return []
    return [_type_and_name(parameter)[0] for parameter in text.split(",")]


def _function(result, parameters):
    return _words(result), _parameter_types(parameters)


def _enumerators(text):
    values = []
    for line in filter(None, (part.strip() for part in re.split(r"[,\n]", text))):
        name, _, value = (word.strip() for word in line.partition("="))
        values.append((name, int(value, 0) if value else None))
    return values


class CHeader:
    def __init__(self, text):
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        declared = re.findall(r"ZEROBUFFER_API ([^;]*?)\b(zb_\w+)\(([^)]*)\);", text)
        self.functions = {name: _function(result, parameters) for result, name, parameters in declared}
        self.structs = {
            name: [_type_and_name(field) for field in body.split(";") if field.strip()]
            for body, name in re.findall(r"typedef struct \w+ \{(.*?)\} (\w+);", text, flags=re.DOTALL)
        }
        self.opaque = set(re.findall(r"typedef struct (\w+) \1;", text))
        self.enums = {
            name: _enumerators(body)
            for body, name in re.findall(r"typedef enum \w+ \{(.*?)\} (\w+);", text, flags=re.DOTALL)
        }


class CythonDeclarations:
    def __init__(self, text):
        text = re.sub(r"#[^\n]*", "", text)
        blocks = re.findall(r"^    ctypedef (struct|enum) (\w+):\n((?: {8}[^\n]*\n|\n)+)", text, flags=re.MULTILINE)
        structs = {name: body.split("\n") for kind, name, body in blocks if kind == "struct"}
        fields = {name: [line.strip() for line in lines if line.strip()] for name, lines in structs.items()}
        self.opaque = {name for name, lines in fields.items() if lines == ["pass"]}
        self.structs = {
            name: [_type_and_name(line) for line in lines] for name, lines in fields.items() if name not in self.opaque
        }
        self.enums = {name: _enumerators(body) for kind, name, body in blocks if kind == "enum"}
        declared = re.findall(r"^    (\w[^\n(=]*?)\b(zb_\w+)\(([^)]*)\)", text, flags=re.MULTILINE)
        self.functions = {name: _function(result, parameters) for result, name, parameters in declared}


def exported_by_version_script(text):
    """Functions under the node of the C interface."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    node = re.search(r"ZEROBUFFER_2 \{(.*?)\};", text, flags=re.DOTALL)[1]
    return re.findall(r"^\s*(zb_\w+);", node.split("local:")[0], flags=re.MULTILINE)


def cpp_enum(text, name):
    text = re.sub(r"//[^\n]*", "", text)
    return _enumerators(re.search(rf"enum class {name}\b[^{{]*\{{(.*?)\}}", text, flags=re.DOTALL)[1])

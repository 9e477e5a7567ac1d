# SPDX-License-Identifier: MIT
"""What a compiled function of hot_calls.cpp loads from shared memory, read from its machine code (x86-64, AT&T syntax).

The argument in %rdi is a ring whose first two words point to the control block and to the payload. Each register is
followed from there: whatever is reached through one of these two pointers is shared. All ways through the function are
walked, each loop once, and the loads of one word are counted on each.
"""
import collections
import dataclasses
import re
import subprocess

REGISTERS = {}
for _number, _names in enumerate(["rax eax ax al", "rbx ebx bx bl", "rcx ecx cx cl", "rdx edx dx dl", "rsi esi si sil",
                                  "rdi edi di dil", "rbp ebp bp bpl", "rsp esp sp spl",
                                  *(f"r{n} r{n}d r{n}w r{n}b" for n in range(8, 16))]):
    for _name in _names.split():
        REGISTERS[_name] = _names.split()[0]

MEMORY = re.compile(r"(?:%\w+:)?(-?0x[0-9a-f]+|-?\d+)?\((?:%(\w+))?(?:,%(\w+)(?:,\d)?)?\)")
INSTRUCTION = re.compile(r"\s+([0-9a-f]+):\s+(?:(?:lock|rep|cs|ds|notrack|bnd|data16)\s+)*(\S+)\s*([^#<]*)")
CLOBBERED = ("rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11")
TOUCHES_NOTHING = ("lea", "nop", "prefetch", "endbr")


@dataclasses.dataclass(frozen=True)
class Pointer:
    to: str  # self, control or payload
    offset: int


@dataclasses.dataclass(frozen=True)
class Instruction:
    address: int
    name: str
    operands: tuple


def disassemble(path):
    """The instructions of each function."""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", str(path)], capture_output=True, text=True,
                          check=True).stdout
    functions = {}
    for line in text.splitlines():
        if header := re.match(r"[0-9a-f]+ <(\w+)>:$", line):
            current = functions.setdefault(header[1], [])
        elif found := INSTRUCTION.match(line):
            current.append(Instruction(int(found[1], 16), found[2], _split(found[3])))
    return functions


def _split(operands):
    return tuple(part.strip() for part in re.findall(r"(?:[^,(]|\([^)]*\))+", operands))


class Walk:
    """All ways through one function."""

    def __init__(self, instructions):
        self._code = instructions
        self._index = {instruction.address: i for i, instruction in enumerate(instructions)}
        self.most = collections.Counter()  # loads of a word on the way with the most of them
        self._seen = set()

    def run(self):
        ways = [(0, {"rdi": Pointer("self", 0)}, collections.Counter(), frozenset())]
        while ways:
            ways += self._go(*ways.pop())
        return self.most

    def _go(self, at, registers, loads, passed):
        """One step of one way: the ways that go on from there."""
        if at >= len(self._code) or at in passed:
            return []
        # Two ways that know and have counted the same go on the same.
        state = (at, frozenset(registers.items()), frozenset(loads.items()), passed & self._targets())
        if state in self._seen:
            return []
        self._seen.add(state)
        instruction = self._code[at]
        registers, loads = dict(registers), loads.copy()
        for word in _loads(instruction, registers):
            loads[word] += 1
            self.most[word] = max(self.most[word], loads[word])
        _follow(instruction, registers)
        passed |= {at}
        if instruction.name.startswith("ret"):
            return []
        ways = []
        if instruction.name.startswith("j"):
            target = self._index.get(int(instruction.operands[0], 16))
            if target is not None:
                ways.append((target, registers, loads, passed))
        if instruction.name != "jmp":
            ways.append((at + 1, registers, loads, passed))
        return ways

    def _targets(self):
        if not hasattr(self, "_jumped_to"):
            self._jumped_to = frozenset(self._index[int(i.operands[0], 16)] for i in self._code
                                        if i.name.startswith("j") and int(i.operands[0], 16) in self._index)
        return self._jumped_to


def _reached(operand, registers):
    """Where a memory operand points, if that is known."""
    found = MEMORY.fullmatch(operand)
    if not found:
        return None
    offset = int(found[1], 0) if found[1] else 0
    for register in (found[2], found[3]):
        pointer = registers.get(REGISTERS.get(register))
        if pointer:
            return Pointer(pointer.to, pointer.offset + offset)
    return None


def _loads(instruction, registers):
    if instruction.name.startswith(TOUCHES_NOTHING) or not instruction.operands:
        return
    *sources, last = instruction.operands
    reads_last = instruction.name.startswith(("cmp", "test", "push")) or not sources
    for operand in [*sources, last] if reads_last else sources:
        pointer = _reached(operand, registers)
        if pointer and pointer.to != "self":
            yield f"{pointer.to}+{pointer.offset}"


def _value(operand, registers):
    if operand.startswith("%"):
        return registers.get(REGISTERS.get(operand[1:]))
    pointer = _reached(operand, registers)
    if pointer and pointer.to == "self":
        return {0: Pointer("control", 0), 8: Pointer("payload", 0)}.get(pointer.offset)
    return None


def _follow(instruction, registers):
    """What the registers point to afterwards."""
    name, operands = instruction.name, instruction.operands
    if name.startswith("call"):
        for register in CLOBBERED:
            registers.pop(register, None)
        return
    if not operands or not operands[-1].startswith("%") or name.startswith(("cmp", "test", "push", "j")):
        return
    target = REGISTERS.get(operands[-1][1:])
    before = registers.pop(target, None)
    value = None
    if name in ("mov", "movq"):
        value = _value(operands[0], registers | ({target: before} if before else {}))
    elif name == "lea":
        value = _reached(operands[0], registers | ({target: before} if before else {}))
    elif name in ("add", "addq", "sub", "subq"):
        # A constant moves a pointer; an offset that is not known leaves it where it was.
        constant = int(operands[0][1:], 0) if operands[0].startswith("$") else 0
        value = before or (_value(operands[0], registers) if name.startswith("add") else None)
        if value and constant:
            value = Pointer(value.to, value.offset + (constant if name.startswith("add") else -constant))
    if value:
        registers[target] = value


def loads(path):
    """For each function of an object file: how often each shared word is loaded on one way through it, at most."""
    return {name: dict(Walk(code).run()) for name, code in disassemble(path).items()}

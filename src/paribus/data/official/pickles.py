"""Pickles that hold plain values: a small machine of our own that can build nothing else, and calls nothing.

It knows dicts, lists, tuples, texts, bytes, numbers, None and numeric arrays. Python's own pickle machine is
not used, only `pickletools`, which takes a pickle apart and runs nothing of it. So there is no list of what
is forbidden: whatever a pickle names besides NumPy's ways of writing an array is refused.
"""

import math
import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from paribus.errors import DataError

_MOST_STEPS = 5_000_000
_MOST_ARRAYS = 100
_MOST_DIMENSIONS = 8
_KINDS = ("b1", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8")
_ORDERS = {"|": "=", "=": "=", "<": "<", ">": ">"}
_PYTHON_2_TEXTS = {"STRING", "BINSTRING", "SHORT_BINSTRING"}
_VALUES = {
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "FLOAT", "BINFLOAT", "BYTEARRAY8",
    "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8",
}  # fmt: skip
_NEW: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None, "NEWTRUE": lambda: True, "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple,
}  # fmt: skip
_IGNORED = {"PROTO", "FRAME", "STOP"}
_RECONSTRUCT = {"numpy.core.multiarray _reconstruct", "numpy._core.multiarray _reconstruct"}
_FROM_BUFFER = {"numpy.core.numeric _frombuffer", "numpy._core.numeric _frombuffer"}  # protocol 5
_NAMES = {*_RECONSTRUCT, *_FROM_BUFFER, "numpy ndarray", "numpy dtype", "_codecs encode"}


class _Refused(Exception):
    """Why a pickle is not read."""


@dataclass(frozen=True)
class _Name:
    """One of NumPy's names that a pickle may refer to. It is never looked up."""

    text: str


class _Blank:
    """An array that is yet to be filled in."""


@dataclass
class _Kind:
    """The type of an array's numbers, and their byte order."""

    code: str
    order: str = "="


def read_pickle(content: bytes, where: object) -> Any:
    """The value; text of Python 2 comes as bytes. A DataError where there is anything but plain values."""
    try:
        return _Machine().run(content)
    except _Refused as refused:
        raise DataError(f"{where}: is no pickle of plain values: {refused}") from refused
    except Exception as error:  # pickletools raises nearly anything on broken pickles
        why = " ".join(str(error).split())[:100] or type(error).__name__
        raise DataError(f"{where}: is no pickle that is whole: {why}") from error


class _Machine:
    """The stack and the memo of a pickle under way. Nothing in it recurses."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._marks: list[int] = []  # how high the stack was
        self._memo: dict[int, Any] = {}
        self._arrays = 0

    def run(self, content: bytes) -> Any:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(content)):
            if count >= _MOST_STEPS:
                raise _Refused(f"it has more than {_MOST_STEPS:,} steps")
            self._step(opcode.name, argument)
        value = self._stack.pop()
        if self._stack or self._marks or isinstance(value, _Name | _Kind | _Blank):
            raise _Refused("it does not end with one value")
        return value

    def _step(self, name: str, argument: Any) -> None:
        if name in _VALUES:
            self._stack.append(bytes(argument) if isinstance(argument, bytearray) else argument)
        elif name in _PYTHON_2_TEXTS:
            self._stack.append(argument.encode("latin-1"))
        elif name in _NEW:
            self._stack.append(_NEW[name]())
        elif name in _IGNORED:
            return
        elif name == "MARK":
            self._marks.append(len(self._stack))
        elif name.endswith(("PUT", "GET")) or name == "MEMOIZE":
            self._remember(name, argument)
        elif name in {"GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD"}:
            self._array_step(name, argument)
        else:
            self._container_step(name)

    def _remember(self, name: str, argument: Any) -> None:
        """Things that are referred to again."""
        if name.endswith("GET"):
            self._stack.append(self._memo[argument])
        else:
            self._memo[len(self._memo) if name == "MEMOIZE" else argument] = self._stack[-1]

    def _container_step(self, name: str) -> None:
        stack = self._stack
        match name:
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                stack.append(tuple(self._pop(int(name[-1]))))
            case "TUPLE":
                stack.append(tuple(self._pop_to_mark()))
            case "LIST":
                stack.append(self._pop_to_mark())
            case "DICT":
                values = self._pop_to_mark()
                stack.append({})
                self._set(values)
            case "APPEND":
                self._append(self._pop(1))
            case "APPENDS":
                self._append(self._pop_to_mark())
            case "SETITEM":
                self._set(self._pop(2))
            case "SETITEMS":
                self._set(self._pop_to_mark())
            case _:
                raise _Refused(f"it holds the step {name}")

    def _pop(self, count: int) -> list[Any]:
        lowest = self._marks[-1] if self._marks else 0
        if len(self._stack) - count < lowest:
            raise _Refused("it takes more than there is")
        values = self._stack[len(self._stack) - count :]
        del self._stack[len(self._stack) - count :]
        return values

    def _pop_to_mark(self) -> list[Any]:
        values = self._pop(len(self._stack) - self._marks[-1])
        self._marks.pop()
        return values

    def _append(self, values: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, list):
            raise _Refused("it appends to what is no list")
        target += values

    def _set(self, values: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, dict) or len(values) % 2:
            raise _Refused("it sets items of what is no dict")
        for key, value in zip(values[::2], values[1::2], strict=True):
            if not isinstance(key, str | bytes | int):  # a tuple of tuples can take forever to hash
                raise _Refused("it has a key that is neither text nor number")
            target[key] = value

    # -- arrays ------------------------------------------------------------------------------------------

    def _array_step(self, name: str, argument: Any) -> None:
        if name == "GLOBAL":
            self._stack.append(_admitted(argument))
        elif name == "STACK_GLOBAL":
            module, attribute = self._pop(2)
            self._stack.append(_admitted(f"{module} {attribute}"))
        elif name == "REDUCE":
            function, arguments = self._pop(2)
            self._stack.append(self._made(function, arguments))
        else:
            target, state = self._pop(2)
            self._stack.append(self._built(target, state))

    def _made(self, function: Any, arguments: Any) -> Any:
        """What NumPy's functions would give; none is called."""
        match function, arguments:
            case _Name("_codecs encode"), (str() as text, "latin1" | "latin-1"):
                return text.encode("latin-1")
            case _Name("numpy dtype"), (str() | bytes() as code, *_):
                return _kind(code)
            case _Name(text), (_Name("numpy ndarray"), (0,), *_) if text in _RECONSTRUCT:
                return _Blank()
            case _Name(text), (bytes() as data, _Kind() as kind, tuple() as shape, "C" | "F" as order) if (
                text in _FROM_BUFFER
            ):
                return self._array(shape, kind, data, order == "F")
        raise _Refused("it calls something with arguments that are not NumPy's")

    def _built(self, target: Any, state: Any) -> Any:
        match target, state:
            case _Kind(), (int(), str() | bytes() as order, None, None, None, *_):
                target.order = _ORDERS[_text(order)]
                return target
            case _Blank(), (
                int(),
                tuple() as shape,
                _Kind() as kind,
                bool() | 0 | 1 as fortran,
                bytes() as data,
            ):
                array = self._array(shape, kind, data, bool(fortran))
                for place in [place for place, value in self._memo.items() if value is target]:
                    self._memo[place] = array
                return array
        raise _Refused("it sets the state of what is no plain array")

    def _array(self, shape: tuple[Any, ...], kind: _Kind, data: bytes, fortran: bool) -> np.ndarray[Any, Any]:
        self._arrays += 1
        dtype = np.dtype(kind.order + kind.code)
        whole = all(isinstance(side, int) and side >= 0 for side in shape) and len(shape) <= _MOST_DIMENSIONS
        if not whole or self._arrays > _MOST_ARRAYS or math.prod(shape) * dtype.itemsize != len(data):
            raise _Refused(f"it holds an array whose shape does not fit its {len(data):,} bytes")
        return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")


def _admitted(name: str) -> _Name:
    if name not in _NAMES:
        shown = name.replace(" ", ".")
        raise _Refused(f"it refers to {shown[:60]!r}; nothing but numeric arrays is welcome")
    return _Name(name)


def _kind(code: str | bytes) -> _Kind:
    text = _text(code)
    if text not in _KINDS:
        raise _Refused(f"it holds an array of type {text[:20]!r}; expected numbers")
    return _Kind(text)


def _text(given: str | bytes) -> str:
    return given if isinstance(given, str) else given.decode("latin-1")

"""How the end of memory shows, on whatever device, and giving back what is free again."""

import gc

import torch

_SPENT = (  # how memory's end is told by what is no torch.OutOfMemoryError
    "DefaultCPUAllocator: ",
    "not enough memory: you tried to allocate",
    "could not create a memory",  # oneDNN
    "CUBLAS_STATUS_ALLOC_FAILED",
    "MPS backend out of memory",
)


def is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _SPENT)


def release_memory() -> None:
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()

"""The same folder of pictures as archives of every kind."""

import io
import tarfile
import zipfile

TAR_MODES = {".tar": "w", ".tar.gz": "w:gz", ".tar.bz2": "w:bz2", ".tar.xz": "w:xz"}
KINDS = [*TAR_MODES, ".zip"]


def pack(root, target, *, under="", order=sorted):
    """Every file below `root`, in the order asked for, perhaps under a folder."""
    files = order(path for path in root.rglob("*") if path.is_file())
    names = [under + path.relative_to(root).as_posix() for path in files]
    return pack_files(target, {name: path.read_bytes() for name, path in zip(names, files, strict=True)})


def pack_files(target, contents):
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
        return target
    mode = next(mode for suffix, mode in TAR_MODES.items() if target.name.endswith(suffix))
    with tarfile.open(target, mode) as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return target

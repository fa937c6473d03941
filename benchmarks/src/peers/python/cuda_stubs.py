"""Lets the Linux wheel of torch that PyPI has be imported without CUDA's libraries.

It is linked against some gigabytes of them that a program on the processor never calls, and does not load without them. This
makes stand-ins, with the machine's C compiler, in a folder where torch looks: each holds the functions that torch would look
up, and each function gives an error code. What computes on the processor is in torch's own libraries and stays as it is.
"""

import ctypes
import importlib.util
import pathlib
import re
import subprocess
import tempfile

site = pathlib.Path(importlib.util.find_spec("torch").origin).parent.parent
torch_libraries = sorted(site.glob("torch/lib/*.so*"))
folder = site / "nvidia" / "cu13" / "lib"
cuda = re.compile(r"(cu|nv|nccl)[A-Za-z0-9_]+")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def symbols(library, which):
    """Pairs of a symbol that a library defines or wants, and its version or an empty string."""
    names = (line.split()[-1].replace("@@", "@") for line in output("nm", "-D", which, library).splitlines())
    return {tuple(name.partition("@")[::2]) for name in names}


def versions(library):
    """From each version that a library wants to the file that must have it."""
    found, file = {}, None
    for line in output("readelf", "--version-info", "--wide", library).splitlines():
        if match := re.search(r"Version: 1  File: (\S+)", line):
            file = match[1]
        elif file and (match := re.search(r"Name: (\S+)  Flags", line)):
            found[match[1]] = file
    return found


def there(soname):
    if any(site.glob(f"torch/lib/{soname}")) or any(site.glob(f"nvidia/*/lib/{soname}")):
        return True
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


needed = {
    soname
    for library in torch_libraries
    for soname in re.findall(r"\(NEEDED\).*\[(.+)\]", output("readelf", "-d", library))
}
missing = sorted(soname for soname in needed if not there(soname))
wanted = {pair for library in torch_libraries for pair in symbols(library, "--undefined-only") if cuda.fullmatch(pair[0])}
present = [*torch_libraries, *site.glob("nvidia/*/lib/*.so*")]
defined = {name for library in present for name, _ in symbols(library, "--defined-only")}
file_of = {version: file for library in torch_libraries for version, file in versions(library).items()}


def make(soname, scratch):
    # A symbol without a version is looked for in all loaded libraries: it does not matter which of them has it.
    own = sorted(pair for pair in wanted if pair[0] not in defined and file_of.get(pair[1], soname) == soname)
    source, script = pathlib.Path(scratch, "stubs.c"), pathlib.Path(scratch, "versions")
    source.write_text("".join(f"int {name}(void) {{ return 1; }}\n" for name in sorted({name for name, _ in own})))
    groups = {version: [name for name, of in own if of == version] for _, version in own if version}
    script.write_text("".join(f"{version} {{ {'; '.join(names)}; }};\n" for version, names in groups.items()))
    options = [f"-Wl,-soname,{soname}", *([f"-Wl,--version-script,{script}"] if groups else [])]
    output("cc", "-shared", "-fPIC", "-w", *options, "-o", folder / soname, source)


folder.mkdir(parents=True, exist_ok=True)
with tempfile.TemporaryDirectory() as scratch:
    for soname in missing:
        make(soname, scratch)
print(f"stand-ins for {', '.join(missing)}" if missing else "nothing is missing")

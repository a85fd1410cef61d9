"""Sets limits on itself, then becomes another program: MEMORY CPU_S FILE_BYTES PROGRAM ARGUMENTS.

It stands alone (only the standard library), for it runs before anything of ours would be safe.
"""

from __future__ import annotations

import os
import resource
import sys

if __name__ == "__main__":
    memory, cpu_s, file_bytes = map(int, sys.argv[1:4])
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(kind, (most, most))
    os.execv(sys.argv[4], sys.argv[4:])  # noqa: S606 (there is no shell in it)

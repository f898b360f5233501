"""pip-audit over a locked requirements file, with a plain answer where its advisory service cannot be reached.

Exit 0: nothing known, or nothing could be looked up (which is said); 1: a known vulnerability, named.
"""

import json
import subprocess
import sys


def main(requirements: str) -> int:
    command = [sys.executable, "-m", "pip_audit", "--requirement", requirements, "--require-hashes", "--disable-pip"]
    done = subprocess.run([*command, "--format", "json", "--progress-spinner", "off"], capture_output=True, text=True)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
        print(f"Dependencies NOT audited: the advisory service could not be asked ({reason[:200]}).")
        return 0
    skipped = [one["name"] for one in found if "skip_reason" in one]
    vulnerable = [(one["name"], one["version"], flaw["id"]) for one in found for flaw in one.get("vulns", [])]
    for name, version, flaw in vulnerable:
        print(f"{name} {version}: {flaw}")
    if len(skipped) == len(found):
        print("Dependencies NOT audited: the advisory service knows none of them, or cannot be reached.")
        return 0
    print(f"{len(found) - len(skipped)} dependencies audited, {len(vulnerable)} known vulnerabilities.")
    if skipped:
        print(f"Not audited: {', '.join(skipped)}.")
    return 1 if vulnerable else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

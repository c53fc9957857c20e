# Puts everything that this checkout needs into .venv, as scripts/setup does. Arguments go to `uv sync` (e.g. --no-dev).
$ErrorActionPreference = "Stop"
Set-Location (Split-Path $PSScriptRoot)
$env:UV_PYTHON_DOWNLOADS = "never"
$env:UV_LINK_MODE = "copy"

# The uv on the PATH, else one of our own in .uv, made with any Python 3.11 or newer.
$uv = "uv"
if (-not (Get-Command uv -ErrorAction SilentlyContinue)) {
    $uv = ".uv\Scripts\uv.exe"
    if (-not (Test-Path $uv)) {
        $python = if ($env:PYTHON) { $env:PYTHON } else { "python" }
        & $python -c "import sys; sys.exit(sys.version_info < (3, 11))"
        if ($LASTEXITCODE) { throw "dialler-mcp needs Python 3.11 or newer; set PYTHON to one." }
        & $python -m venv .uv
        if ($LASTEXITCODE) { exit $LASTEXITCODE }
        & ".uv\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
        if ($LASTEXITCODE) { exit $LASTEXITCODE }
    }
}
& $uv sync --frozen --quiet @args
exit $LASTEXITCODE

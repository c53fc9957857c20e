# Sets everything up and runs the fast checks, as scripts/test does. Arguments go to pytest.
$ErrorActionPreference = "Stop"
Set-Location (Split-Path $PSScriptRoot)
& scripts\setup.ps1
if ($LASTEXITCODE) { exit $LASTEXITCODE }
$env:PATH = "$PWD\.venv\Scripts;$env:PATH"

function step {
    Write-Output "== $args"
    $rest = @($args | Select-Object -Skip 1)
    & $args[0] @rest
    if ($LASTEXITCODE) { exit $LASTEXITCODE }
}
step ruff format --check --quiet .
step ruff check --quiet .
step lint-imports --no-cache
step pytest -n 3 --dist worksteal -m "not thorough" @args

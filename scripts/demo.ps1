# Sets everything up and holds a conversation with the server, on the embedded dialler, as scripts/demo does.
$ErrorActionPreference = "Stop"
Set-Location (Split-Path $PSScriptRoot)
& scripts\setup.ps1 --no-dev --inexact
if ($LASTEXITCODE) { exit $LASTEXITCODE }
& .venv\Scripts\python.exe -m scripts.helpers.demo
exit $LASTEXITCODE

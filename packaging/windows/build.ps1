# Not built here. On 64-bit Windows 10 or newer (x64) with Python 3.11 to 3.13, Git and Inno Setup 6.3, its
# `iscc` on the path:
#   powershell -ExecutionPolicy Bypass -File packaging\windows\build.ps1
# Leaves dist\mylla-audit-desktop\ and dist\mylla-audit-desktop-VERSION-setup.exe.
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")

function Invoke-Step([string] $What, [scriptblock] $Step) {
    Write-Host "== $What"
    & $Step
    if ($LASTEXITCODE -ne 0) { throw "$What failed." }
}

Invoke-Step "Python" { py -3 -m venv .cache\uv }
Invoke-Step "uv" { .cache\uv\Scripts\python -m pip install -q --disable-pip-version-check -r packaging\setup\uv.txt }
$uv = ".cache\uv\Scripts\uv.exe"
$env:UV_PYTHON_DOWNLOADS = "never"
$env:UV_PROJECT_ENVIRONMENT = ".cache\release"
Invoke-Step "Environment" { & $uv sync --locked --no-default-groups --group release --no-install-project }
Remove-Item -Recurse -Force -ErrorAction SilentlyContinue dist
Invoke-Step "Wheel" { .cache\release\Scripts\python -m hatchling build -t wheel -d dist }
$wheel = (Get-ChildItem dist\*.whl).FullName
Invoke-Step "Install" { & $uv pip install --quiet --reinstall --no-deps --python .cache\release $wheel }
Invoke-Step "Icon" { .cache\release\Scripts\python packaging\windows\icon.py resources\icons\application.svg build\icons\mylla-audit.ico }
Invoke-Step "Bundle" {
    .cache\release\Scripts\python -I -m PyInstaller --noconfirm --log-level WARN `
        --distpath dist --workpath build\pyinstaller packaging\bundle\mylla_audit.spec
}
$version = (dist\mylla-audit-desktop\mylla-audit.exe --version).Split(" ")[1]
# PowerShell does not wait for a program without a console unless it is told to.
Invoke-Step "Tour" {
    $tour = Start-Process -Wait -PassThru dist\mylla-audit-desktop\mylla-audit-desktop.exe `
        "--demo --profile build\tour-profile --tour build\tour"
    $global:LASTEXITCODE = $tour.ExitCode
}
# Sign here where a certificate is at hand: signtool sign /fd SHA256 /tr URL /td SHA256 FILES
Invoke-Step "Installer" { iscc /Q "/DVersion=$version" packaging\windows\mylla-audit.iss }
Get-ChildItem dist\*.exe

; Not built here. Run by build.ps1: iscc /DVersion=… packaging\windows\mylla-audit.iss
#ifndef Version
  #error Give the version: iscc /DVersion=1.2.3
#endif

[Setup]
AppId={{6B3E1C55-6E55-4C0D-9C7E-3B1F0C7A51D2}
AppName=Mylla Audit
AppVersion={#Version}
AppPublisher=Mylla Audit Desktop developers
DefaultDirName={autopf}\Mylla Audit
DefaultGroupName=Mylla Audit
; For one user without an administrator, or for all with one.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\build\icons\mylla-audit.ico
UninstallDisplayIcon={app}\mylla-audit-desktop.exe
OutputDir=..\..\dist
OutputBaseFilename=mylla-audit-desktop-{#Version}-setup
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesEnvironment=yes

[Tasks]
Name: path; Description: "Put mylla-audit on the command line's path"

[Files]
Source: "..\..\dist\mylla-audit-desktop\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\Mylla Audit"; Filename: "{app}\mylla-audit-desktop.exe"
Name: "{group}\Try the demo log"; Filename: "{app}\mylla-audit-desktop.exe"; Parameters: "--demo"

[Registry]
Root: HKA; Subkey: "{code:EnvironmentKey}"; ValueType: expandsz; ValueName: "Path"; \
    ValueData: "{olddata};{app}"; Tasks: path; Check: IsNotOnPath(ExpandConstant('{app}'))

[Run]
Filename: "{app}\mylla-audit-desktop.exe"; Description: "Start Mylla Audit"; Flags: nowait postinstall skipifsilent

[Code]
function EnvironmentKey(Unused: String): String;
begin
  if IsAdminInstallMode then
    Result := 'SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
  else
    Result := 'Environment';
end;

function IsNotOnPath(Folder: String): Boolean;
var
  Present: String;
begin
  if not RegQueryStringValue(HKA, EnvironmentKey(''), 'Path', Present) then
    Present := '';
  Result := Pos(';' + Uppercase(Folder) + ';', ';' + Uppercase(Present) + ';') = 0;
end;

{ The path is left as it was found. }
procedure CurUninstallStepChanged(CurUninstallStep: TUninstallStep);
var
  Present, Folder: String;
  At: Integer;
begin
  if CurUninstallStep <> usPostUninstall then
    exit;
  if not RegQueryStringValue(HKA, EnvironmentKey(''), 'Path', Present) then
    exit;
  Folder := ExpandConstant('{app}');
  At := Pos(';' + Uppercase(Folder) + ';', ';' + Uppercase(Present) + ';');
  if At = 0 then
    exit;
  { With the semicolon before it, or where it is the first with the one behind it. }
  if At > 1 then
    At := At - 1;
  Delete(Present, At, Length(Folder) + 1);
  RegWriteExpandStringValue(HKA, EnvironmentKey(''), 'Path', Present);
end;

@echo off
rem The engine starts this file on Windows.
where node >nul 2>nul || (
  echo The Pulumi plugin dataexchange needs Node.js 20.19 or later, and there is no node on the PATH. [node-missing] 1>&2
  exit /b 1
)
node --no-warnings "%~dp0start.cjs" %*

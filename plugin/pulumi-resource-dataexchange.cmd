@echo off
rem The engine starts this file on Windows.
where node >nul 2>nul || (
  echo The Pulumi plugin dataexchange needs Node.js 20.19 or later on the PATH. 1>&2
  exit /b 1
)
node --no-warnings "%~dp0..\dist\provider\plugin\main.js" %*

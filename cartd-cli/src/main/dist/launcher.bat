@echo off
rem Starts cartd with the jars of ..\lib. Called as pacifica-cartd it is "cartd serve", by any other name "cartd".
rem JAVA_HOME names the Java, JAVA_OPTS has options for it, CARTD_HEAP is the size of its heap (1536m).
setlocal
set "HOME_DIR=%~dp0.."
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"
"%JAVA%" --version >nul 2>&1
if errorlevel 1 (
  echo cartd: %JAVA% is not there, or too old: cartd needs Java 17 or newer ^(set JAVA_HOME^) 1>&2
  exit /b 1
)
if not defined CARTD_HEAP set "CARTD_HEAP=1536m"
set "COMMAND="
if /i "%~n0"=="pacifica-cartd" set "COMMAND=serve"
"%JAVA%" -Xmx%CARTD_HEAP% -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED %JAVA_OPTS% -cp "%HOME_DIR%\lib\*" dev.cartd.cli.Main %COMMAND% %*
exit /b %ERRORLEVEL%

"""Runs operations of a stack by the Automation API, with the program of a file: driver.py FOLDER STACK PROGRAM

Each line of standard input is a JSON object with an operation and its options. Each line of standard output is a JSON
object: an event, text of the CLI, or the end of the operation with the error if it failed.
"""

import json
import os
import re
import runpy
import sys
import threading

from pulumi import automation

folder, name, program = sys.argv[1:]
# Programs write to standard output, too.
reports = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
lock = threading.Lock()


def report(**message):
    with lock:
        print(json.dumps(message, default=in_json), file=reports, flush=True)


def in_json(value):
    """Events have the members of the CLI's events, in snake case."""
    members = getattr(value, "__dict__", {})
    return {re.sub("_(.)", lambda part: part[1].upper(), name): member for name, member in members.items()}


def run_program():
    runpy.run_path(program, run_name="__main__")


options = automation.LocalWorkspaceOptions(work_dir=folder)
project = automation.LocalWorkspace(work_dir=folder).project_settings()
stack = automation.select_stack(name, project.name, run_program, opts=options)

for line in sys.stdin:
    command = json.loads(line)
    try:
        getattr(stack, command["operation"])(
            **command["options"],
            on_output=lambda text: report(output=text + "\n"),
            on_error=lambda text: report(error=text + "\n"),
            on_event=lambda event: report(event=event),
        )
        report(ended=True)
    except automation.CommandError as error:
        report(ended=True, failure=str(error))

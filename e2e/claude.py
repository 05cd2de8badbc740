"""The published Claude Code in a home of its own: no network but this machine's, a model that a test wrote."""

import json
import os
import re
import subprocess
from pathlib import Path

from conftest import ROOT
from model import Model

PACKAGE = ROOT / "e2e/claude_code"
CLAUDE = PACKAGE / "node_modules/.bin/claude"
VERSION = json.loads((PACKAGE / "package.json").read_text())["dependencies"]["@anthropic-ai/claude-code"]
GUIDES = [ROOT / "docs/guide/claude-code.md", ROOT / "docs/guide/claude-code.zh-CN.md"]
# Where the guide says that a server is.
LOCAL, ELSEWHERE = "http://127.0.0.1:8096", "https://ask.example.com"
PERMISSION_TOOL = "mcp__askwell__permission_prompt"


def blocks(guide: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", guide.read_text(), re.DOTALL)


def configured(server, which: int, guide: Path = GUIDES[0]) -> dict:
    """One of the guide's configurations, but for where the server is."""
    text = blocks(guide, "json")[which]
    return json.loads(text.replace(LOCAL, server.url).replace(ELSEWHERE, server.url))


PROJECT, HOOKS, PERMISSIONS, PROJECT_WITH_TOKEN, HOOK_WITH_TOKEN = range(5)


class Claude:
    def __init__(self, folder: Path, *turns: dict, **env: str):
        self.model = Model(*turns)
        self.home, self.project = folder / "claude-home", folder / "project"
        self.home.mkdir()
        self.project.mkdir()
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "ANTHROPIC_BASE_URL": self.model.url,
            "ANTHROPIC_API_KEY": "none",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            # Whatever else it might call ends here.
            "HTTP_PROXY": "http://127.0.0.1:9",
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "NO_PROXY": "127.0.0.1",
            **env,
        }

    def servers(self, what: dict) -> "Claude":
        """What stands in the project's `.mcp.json`."""
        (self.project / ".mcp.json").write_text(json.dumps(what))
        return self

    def settings(self, what: dict) -> "Claude":
        """What stands in the person's own settings: those of a project count only once it is trusted."""
        path = self.home / ".claude/settings.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(what))
        return self

    def run(self, *args: str) -> str:
        done = subprocess.run(
            [str(CLAUDE), *args],
            cwd=self.project,
            env=self.env,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def prompt(self, *args: str) -> None:
        """One conversation without a terminal, until the model has said all that it had to say."""
        assert self.run("-p", "Do what you have to.", *args).strip() == "Done."
        assert not self.model.turns

    def result(self, tool_use_id: str) -> tuple[str, bool]:
        """What the model was told came of a use of a tool, and whether that was an error."""
        block = self.model.result(tool_use_id)
        content = block["content"]
        if isinstance(content, list):
            content = "".join(part["text"] for part in content)
        return content, block.get("is_error", False)

    def made(self) -> set[str]:
        """The files that the commands made."""
        return {path.name for path in self.project.iterdir() if not path.name.startswith(".")}

    def close(self) -> None:
        self.model.close()

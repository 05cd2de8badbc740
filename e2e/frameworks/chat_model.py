"""A chat model of LangChain that wants to scale, and is done once it has heard of it."""

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult


class Scripted(BaseChatModel):
    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools, **options):
        return self

    def _generate(self, messages, stop=None, run_manager=None, **options) -> ChatResult:
        call = {"name": "scale", "args": {"service": "web", "replicas": 12}, "id": "c1"}
        heard = isinstance(messages[-1], ToolMessage)
        said = AIMessage(content="Done.") if heard else AIMessage(content="", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=said)])


model = Scripted()

"""An MCP server that asks its user to fill in a form."""

from mcp.server.fastmcp import Context, FastMCP
from pydantic import BaseModel

server = FastMCP("other")


class Seats(BaseModel):
    seats: str


@server.tool()
async def book(context: Context) -> str:
    answer = await context.elicit("How many seats?", Seats)
    return f"booked: {answer.action} {getattr(answer, 'data', None)}"


server.run()

"""Something between client and server, such as a company's proxy: passes requests on, but not as one would wish."""

import asyncio
import threading

import aiohttp
from aiohttp import web


class Gate:
    """A reverse proxy without websockets, that can be told to break."""

    def __init__(self, upstream: str, socket: str = "refuse"):
        self.upstream = upstream
        self.socket = socket
        """What becomes of a websocket: `refuse` it, or let it `hang`."""
        self.broken = False
        """Whether every request is answered as proxies do when nobody is behind them."""
        self.refused = 0
        self.url = ""
        self.loop = asyncio.new_event_loop()
        self.never = asyncio.Event()
        started = threading.Event()
        threading.Thread(target=self.loop.run_until_complete, args=(self.serve(started),), daemon=True).start()
        started.wait()

    async def serve(self, started: threading.Event) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        started.set()
        await asyncio.Event().wait()

    async def handle(self, request: web.Request) -> web.Response:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            self.refused += 1
            if self.socket == "hang":
                await self.never.wait()
            return web.Response(status=403, text="<html>no websockets here</html>", content_type="text/html")
        if self.broken:
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        headers = {name: value for name, value in request.headers.items() if name != "Host"}
        async with aiohttp.ClientSession(auto_decompress=False) as upstream:
            try:
                url = self.upstream + str(request.rel_url)
                async with upstream.request(request.method, url, data=await request.read(), headers=headers) as reply:
                    kept = {"Content-Type": reply.headers["Content-Type"], "Date": reply.headers["Date"]}
                    return web.Response(status=reply.status, body=await reply.read(), headers=kept)
            except aiohttp.ClientError:
                return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")

"""Calls a method of either client as if there were one."""

import asyncio
from dataclasses import dataclass
from typing import Any

from tabuada.client import AsyncClient, Client


@dataclass(frozen=True)
class Ask:
    """Makes a client, calls one of its methods, and closes it.

    Attributes:
        asynchronous: Which client it is.
    """

    asynchronous: bool

    def __call__(
        self,
        url: str | None,
        method: str,
        *arguments: Any,
        options: dict[str, Any] | None = None,
        **named: Any,
    ) -> Any:
        """Return what a method returns.

        Args:
            url: Where the service is; None for what the environment says.
            method: Name of the method.
            arguments: For the method.
            options: For the client.
            named: For the method too.
        """
        if self.asynchronous:
            return asyncio.run(self._await(url, method, arguments, options or {}, named))
        with Client(url, **(options or {})) as client:
            return getattr(client, method)(*arguments, **named)

    @staticmethod
    async def _await(
        url: str | None,
        method: str,
        arguments: tuple[Any, ...],
        options: dict[str, Any],
        named: dict[str, Any],
    ) -> Any:
        async with AsyncClient(url, **options) as client:
            return await getattr(client, method)(*arguments, **named)

"""The control door `/_twin/…`: what a person in the vendor's pages, or the vendor's own fate, would do.

Every call carries the secret of the start in `X-Twin-Secret` and is a JSON object or nothing.

- `GET credentials|received?since=N|counts|faults|clock|acts`, `DELETE received`
- `PUT faults` replaces the fault plan
- `POST clock` `{"now": "2026-03-02T09:00:00Z", "frozen": true, "advance": 60, "skew": 90}`
- `POST act/NAME` does what the vendor offers: edit, archive, merge …
"""

from datetime import datetime, timedelta
from secrets import compare_digest
from typing import Any

from auctor.twins.ground.faults import Plan
from auctor.twins.ground.messages import ILL_FORMED, Answer, Refusal, Request, to_json
from auctor.twins.ground.twin import BadAct, Twin

DOOR = "/_twin/"


def answer(twin: Twin, request: Request) -> Answer:
    """Open the door for who has the secret."""
    given = request.headers.get("x-twin-secret", "")
    if not compare_digest(given.encode(), twin.options.secret.encode()):
        return to_json({"error": "X-Twin-Secret must be the secret that the stand-in was started with."}, 403)
    try:
        with twin.lock:
            return to_json(_do(twin, request))
    except (Refusal, *ILL_FORMED) as error:
        return to_json({"error": f"{type(error).__name__}: {error}"}, 400)


def _do(twin: Twin, request: Request) -> Any:
    what = request.path.removeprefix(DOOR).strip("/")
    if what.startswith("act/"):
        return _act(twin, what.removeprefix("act/"), request)
    match request.method, what:
        case "GET", "credentials":
            return dict(twin.credentials())
        case "GET", "received":
            return twin.ledger.since(int(request.first("since", "0")))
        case "DELETE", "received":
            return twin.ledger.clear()
        case "GET", "counts":
            return twin.ledger.counts()
        case "GET", "faults":
            return twin.plan.told()
        case "PUT", "faults":
            twin.plan = Plan(request.json())
            return twin.plan.told()
        case "GET", "clock":
            return {"now": twin.clock.now().isoformat()}
        case "POST", "clock":
            return _set_clock(twin, request.json())
        case "GET", "acts":
            return sorted(twin.acts())
    raise BadAct(f"The control door has no {request.method} {what}.")


def _act(twin: Twin, name: str, request: Request) -> Any:
    act = twin.acts().get(name)
    if act is None or request.method != "POST":
        raise BadAct(f"There is no POST act/{name}; there are {', '.join(sorted(twin.acts()))}.")
    return act(request.json())


def _set_clock(twin: Twin, wish: dict[str, Any]) -> dict[str, str]:
    if "now" in wish or "frozen" in wish:
        moment = datetime.fromisoformat(wish["now"]) if wish.get("now") else None
        if moment and moment.tzinfo is None:
            raise BadAct("A moment needs its offset: 2026-03-02T09:00:00Z.")
        twin.clock.set(moment, frozen=bool(wish.get("frozen")))
    twin.clock.advance(float(wish.get("advance", 0)))
    twin.clock.skew = timedelta(seconds=float(wish.get("skew", twin.clock.skew.total_seconds())))
    return {"now": twin.clock.now().isoformat()}

"""History folders for tests: small ones that hold one of everything, written as a person would."""

from collections.abc import Mapping
from pathlib import Path

OWNERS = """owner_id,name,email,active
u1,Bob Brown,bob@acme.example,true
u2,Mia Moss,mia@acme.example,true
u3,Gone Gray,,false
"""
COMPANIES = """company_id,name,domains,country,employees
c1,Initech,initech.example|initech.test,DE,120
c2,"Umbrella, Ltd",umbrella.example,GB,
"""
CONTACTS = """contact_id,company_id,name,title,email,phone
p1,c1,Ines Ito,Chief Financial Officer,ines@initech.example,+49 30 1
p2,c1,Jan Jung,Leiter Einkauf,jan@initech.example,
p3,c2,Kim Kay,,kim@umbrella.example,
"""
STAGES = """pipeline_id,pipeline,stage_id,stage,position,category,default_probability
sales,Sales,new,New,0,open,0.1
sales,Sales,offer,Offer,1,open,0.4
sales,Sales,talks,Negotiation,2,open,0.7
sales,Sales,won,Won,3,won,1
sales,Sales,lost,Lost,4,lost,0
"""
DEALS = """deal_id,name,company_id,owner_id,pipeline_id,stage_id,created_at,amount,currency,close_date,\
forecast_category,next_step,next_step_on,custom.Region
d1,Initech renewal,c1,u1,sales,,2025-09-01T08:00:00Z,12500.50,EUR,2026-03-31,commit,Send contract,2026-03-05,North
d2,Umbrella roll-out,c2,u2,sales,offer,2025-11-03T10:15:00+01:00,90000,GBP,2026-06-30,pipeline,,,South
d3,=cmd|' /C calc'!A0,c1,u1,sales,,2025-05-02T08:00:00Z,3000,JPY,2025-08-01,,,,
"""
DEAL_CONTACTS = """deal_id,contact_id,role,from,until
d1,p1,Decision maker,2025-09-02T08:00:00Z,
d1,p2,Champion,2025-09-02,2026-01-15
d2,p3,,,
"""
DEAL_CHANGES = """deal_id,field,old,new,changed_at,actor
d1,stage,,new,2025-09-01T08:00:00Z,u1
d1,stage,new,offer,2025-10-01T08:00:00Z,u1
d1,stage,offer,talks,2026-01-10T08:00:00Z,u1
d1,amount,10000,12500.50,2025-12-01T08:00:00Z,u1
d1,close_date,2025-12-31,2026-03-31,2025-12-15T08:00:00Z,u1
d1,owner,u2,u1,2025-10-05T08:00:00Z,robot
d1,forecast_category,pipeline,commit,2026-02-01T08:00:00Z,u1
d1,next_step,,Send contract,2026-02-20T08:00:00Z,u1
d1,custom.Region,West,North,2026-01-01T08:00:00Z,u1
d3,stage,,offer,2025-05-02T08:00:00Z,u1
d3,stage,offer,lost,2025-06-01T08:00:00Z,u1
d3,stage,lost,offer,2025-06-10T08:00:00Z,u1
d3,stage,offer,won,2025-07-20T08:00:00Z,u1
"""
ACTIVITIES = """activity_id,deal_id,kind,label,direction,occurred_at,ended_at,recorded_at,state,due_at,\
owner_id,thread_id
a1,d1,email,Offer,out,2026-02-01T09:00:00Z,,2026-02-01T09:00:05Z,done,,u1,t1
a2,d1,email,Re: Offer,in,2026-02-02T15:00:00Z,,2026-02-02T15:00:05Z,done,,u1,t1
a3,d1,meeting,Review,internal,2026-03-20T09:00:00Z,2026-03-20T10:00:00Z,2026-02-25T09:00:00Z,planned,,u1,
a4,d2,task,Call back,,,,2026-02-20T09:00:00Z,planned,2026-03-06T09:00:00Z,u2,
a5,d2,email,Newsletter,in,2026-02-10T09:00:00Z,,2026-02-10T09:00:00Z,done,,u2,t2
"""
PARTICIPANTS = """activity_id,role,email,contact_id,owner_id,response
a1,from,bob@acme.example,,u1,
a1,to,ines@initech.example,p1,,
a2,from,ines@initech.example,p1,,
a2,to,bob@acme.example,,u1,
a3,organizer,,,u1,accepted
a3,attendee,ines@initech.example,p1,,accepted
a3,attendee,jan@initech.example,p2,,tentative
a5,from,no-reply@umbrella.example,,,
"""
EVERYTHING: Mapping[str, str] = {
    "owners": OWNERS,
    "companies": COMPANIES,
    "contacts": CONTACTS,
    "stages": STAGES,
    "deals": DEALS,
    "deal_contacts": DEAL_CONTACTS,
    "deal_changes": DEAL_CHANGES,
    "activities": ACTIVITIES,
    "activity_participants": PARTICIPANTS,
}


def write_folder(folder: Path, files: Mapping[str, str] | None = None, **changed: str) -> Path:
    """The folder with these files; a keyword replaces one of them, and an empty text leaves it out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**(EVERYTHING if files is None else files), **changed}.items():
        if text:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


def with_line(text: str, line: str) -> str:
    """The text with one more line."""
    return f"{text}{line}\n"

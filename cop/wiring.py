"""What the application is made of: every capability's routes and event handlers, in one list."""

from flask import Flask

from cop import frame
from cop.administration import health
from cop.administration import routes as administration
from cop.beraad import export_part as _beraad_taken
from cop.beraad import handlers as _beraad_handlers
from cop.beraad import holding as _beraad_holding
from cop.beraad import origin_part as _beraad_made
from cop.beraad import own_words as _beraad_words
from cop.beraad import report_routes as _beraad_reports
from cop.beraad import routes as beraad
from cop.beraad import shared_routes as _beraad_shared
from cop.beraad import weighing_routes as _beraad_weighing
from cop.cases import below
from cop.cases import consent_routes as _case_consent
from cop.cases import draft_routes as _case_drafts
from cop.cases import export_part as _cases_taken
from cop.cases import findings_routes as _case_findings
from cop.cases import handlers as _cases
from cop.cases import holding as _case_holding
from cop.cases import keeping as _case_keeping
from cop.cases import report_routes as _case_reports
from cop.cases import routes as cases
from cop.cases import searching as _cases_found
from cop.cases import second_routes as _second_readers
from cop.cases import shared_routes as _shared_cases
from cop.cases import space_part as _cases_of_space
from cop.cases import waiting as _cases_waiting
from cop.contacts import export_part as _contacts_taken
from cop.contacts import handlers as _contacts_handlers
from cop.contacts import routes as contacts
from cop.contacts import telling as _contacts_telling
from cop.discussions import attachments as _attachments
from cop.discussions import export_part as _discussions_taken
from cop.discussions import handlers as _discussions
from cop.discussions import known_part as _discussions_known
from cop.discussions import origin_part as _discussions_origin
from cop.discussions import routes as discussions
from cop.discussions import routes_closing as _closing
from cop.discussions import routes_help as _help
from cop.discussions import routes_lists as _lists
from cop.discussions import routes_polls as _discussion_polls
from cop.discussions import routes_tending as tending
from cop.discussions import routes_writing as _writing
from cop.discussions import searching as _discussions_found
from cop.discussions import space_part as _space_part
from cop.discussions import tending_handlers as _tending
from cop.discussions import waiting as _discussions_waiting
from cop.discussions.importing import handlers as _importing
from cop.discussions.mailing import handlers as _mailing
from cop.discussions.mailing import routes as mailing
from cop.expertise import export_part as _expertise_taken
from cop.expertise import handlers as _expertise_handlers
from cop.expertise import known_part as _expertise_known
from cop.expertise import origin_part as _expertise_made
from cop.expertise import routes as expertise
from cop.expertise import routes_questions as _expertise_questions
from cop.expertise import routes_writing as _expertise_writing
from cop.expertise import searching as _expertise_found
from cop.expertise import telling as _expertise_telling
from cop.finding import chosen_part as _finding_chosen
from cop.finding import export_part as _finding_taken
from cop.finding import handlers as _finding
from cop.finding import routes as finding
from cop.gatherings import export_part as _gatherings_taken
from cop.gatherings import guest_mails as _guest_mails
from cop.gatherings import guest_routes as _guest_routes
from cop.gatherings import handlers as _gatherings_handlers
from cop.gatherings import holding as _gathering_holding
from cop.gatherings import own_routes as _own_calendar
from cop.gatherings import poll_handlers as _poll_handlers
from cop.gatherings import poll_routes as _poll_routes
from cop.gatherings import routes as gatherings
from cop.gatherings import searching as _gatherings_found
from cop.gatherings import space_part as _gatherings_part
from cop.gatherings import waiting as _gatherings_waiting
from cop.groups import date_routes as _group_dates
from cop.groups import export_part as _groups_taken
from cop.groups import facilitator_routes as _facilitators
from cop.groups import handlers as _groups
from cop.groups import mine as _groups_mine
from cop.groups import presence_routes as _presence
from cop.groups import routes as groups
from cop.harvest import routes as harvest
from cop.incoming import export_part as _incoming_taken
from cop.incoming import handlers as _incoming
from cop.incoming import routes as incoming
from cop.intervisie import export_part as _intervisie_taken
from cop.intervisie import handlers as _intervisie_handlers
from cop.intervisie import own_words as _intervisie_words
from cop.intervisie import parts as _intervisie_parts
from cop.intervisie import routes as intervisie
from cop.intervisie import waiting as _intervisie_waiting
from cop.mailbox import routes as mailbox
from cop.markets import export_part as _markets_taken
from cop.markets import floor_commands as _market_commands
from cop.markets import floor_handlers as _market_floors
from cop.markets import floor_live as _market_live
from cop.markets import floor_routes as _market_floor_routes
from cop.markets import handing_over_routes as _market_handing_over
from cop.markets import handlers as _markets
from cop.markets import host_routes as _market_hosts
from cop.markets import hosting_routes as _market_hosting
from cop.markets import known_part as _markets_known
from cop.markets import planned as _market_plans
from cop.markets import programme_routes as _market_programmes
from cop.markets import routes as markets
from cop.markets import searching as _markets_found
from cop.markets import space_part as _markets_of_space
from cop.markets import stall_routes as _market_stalls
from cop.markets.after import digest_part as _harvest_digests
from cop.markets.after import origin_part as _harvest_origins
from cop.markets.after import own_routes as _harvest_own
from cop.markets.after import routes as harvests
from cop.markets.after import telling as _harvest_telling
from cop.markets.after import waiting as _harvest_waiting
from cop.members import export_part as _members_taken
from cop.members import named as _named
from cop.members import refused_mail as _refused_mail
from cop.members import routes as members
from cop.members import searching as _members_found
from cop.moderation import export_part as _moderation_taken
from cop.moderation import handlers as _moderation
from cop.moderation import routes as moderation
from cop.notifications import export_part as _notifications_taken
from cop.notifications import handlers as _notifications
from cop.notifications import routes as notifications
from cop.platform import worker as _worker
from cop.platform.search import indexing
from cop.practices import digest_part as _practices_digest
from cop.practices import export_part as _practices_taken
from cop.practices import handlers as _practices_handlers
from cop.practices import holding as _practice_holding
from cop.practices import known_part as _practices_known
from cop.practices import origin_part as _practices_origin
from cop.practices import routes as practices
from cop.practices import routes_responding as _practices_responding
from cop.practices import routes_together as _practices_together
from cop.practices import routes_writing as _practices_writing
from cop.practices import searching as _practices_searching
from cop.practices import space_part as _practices_part
from cop.practices import telling as _practices_telling
from cop.practices import waiting as _practices_waiting
from cop.privacy import export_part as _privacy_taken
from cop.privacy import routes as privacy
from cop.privacy import taking_along as _privacy_jobs
from cop.sessions import export_part as _sessions_taken
from cop.sessions import handlers as _sessions_handlers
from cop.sessions import leading_routes as _session_leading
from cop.sessions import live as _sessions_live
from cop.sessions import method_routes as _method_routes
from cop.sessions import part_routes as _session_parts
from cop.sessions import reminding as _session_reminding
from cop.sessions import routes as sessions
from cop.sessions import waiting as _sessions_waiting
from cop.spaces import circle_routes as circles
from cop.spaces import export_part as _spaces_taken
from cop.spaces import files
from cop.spaces import handlers as _spaces_handlers
from cop.spaces import holding as _holding
from cop.spaces import measure_routes as _measure_routes
from cop.spaces import mine as _mine
from cop.spaces import own_parts as _own_parts
from cop.spaces import part_routes as _part_routes
from cop.spaces import routes as spaces
from cop.spaces import searching as _spaces_found
from cop.spaces import telling as _spaces_telling
from cop.textcheck import checks, clients
from cop.today import routes as today

BLUEPRINTS = (
    health.blueprint,
    today.blueprint,
    members.blueprint,
    mailbox.blueprint,
    notifications.blueprint,
    discussions.blueprint,
    incoming.blueprint,
    mailing.blueprint,
    administration.blueprint,
    moderation.blueprint,
    tending.blueprint,
    spaces.blueprint,
    circles.blueprint,
    files.blueprint,
    cases.blueprint,
    gatherings.blueprint,
    markets.blueprint,
    harvests.blueprint,
    groups.blueprint,
    sessions.blueprint,
    finding.blueprint,
    beraad.blueprint,
    practices.blueprint,
    harvest.blueprint,
    contacts.blueprint,
    expertise.blueprint,
    intervisie.blueprint,
    privacy.blueprint,
)


def init_app(app: Flask) -> None:
    """Register the blueprints; importing a capability registers its handlers and jobs."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    frame.init_app(app)
    checks.register(clients.looks_like_a_client)
    checks.register(below.names_somebody)
    indexing.init()


# Imported for their tables, handlers and jobs.
__all__ = [
    "_attachments",
    "_beraad_handlers",
    "_beraad_holding",
    "_beraad_made",
    "_beraad_reports",
    "_beraad_shared",
    "_beraad_taken",
    "_beraad_weighing",
    "_beraad_words",
    "_case_consent",
    "_case_drafts",
    "_case_findings",
    "_case_holding",
    "_case_keeping",
    "_case_reports",
    "_cases",
    "_cases_found",
    "_cases_of_space",
    "_cases_taken",
    "_cases_waiting",
    "_closing",
    "_contacts_handlers",
    "_contacts_taken",
    "_contacts_telling",
    "_discussion_polls",
    "_discussions",
    "_discussions_found",
    "_discussions_known",
    "_discussions_origin",
    "_discussions_taken",
    "_discussions_waiting",
    "_expertise_found",
    "_expertise_handlers",
    "_expertise_known",
    "_expertise_made",
    "_expertise_questions",
    "_expertise_taken",
    "_expertise_telling",
    "_expertise_writing",
    "_facilitators",
    "_finding",
    "_finding_chosen",
    "_finding_taken",
    "_gathering_holding",
    "_gatherings_found",
    "_gatherings_handlers",
    "_gatherings_part",
    "_gatherings_taken",
    "_gatherings_waiting",
    "_group_dates",
    "_groups",
    "_groups_mine",
    "_groups_taken",
    "_guest_mails",
    "_guest_routes",
    "_harvest_digests",
    "_harvest_origins",
    "_harvest_own",
    "_harvest_telling",
    "_harvest_waiting",
    "_help",
    "_holding",
    "_importing",
    "_incoming",
    "_incoming_taken",
    "_intervisie_handlers",
    "_intervisie_parts",
    "_intervisie_taken",
    "_intervisie_waiting",
    "_intervisie_words",
    "_lists",
    "_mailing",
    "_market_commands",
    "_market_floor_routes",
    "_market_floors",
    "_market_handing_over",
    "_market_hosting",
    "_market_hosts",
    "_market_live",
    "_market_plans",
    "_market_programmes",
    "_market_stalls",
    "_markets",
    "_markets_found",
    "_markets_known",
    "_markets_of_space",
    "_markets_taken",
    "_measure_routes",
    "_members_found",
    "_members_taken",
    "_method_routes",
    "_mine",
    "_moderation",
    "_moderation_taken",
    "_named",
    "_notifications",
    "_notifications_taken",
    "_own_calendar",
    "_own_parts",
    "_part_routes",
    "_poll_handlers",
    "_poll_routes",
    "_practice_holding",
    "_practices_digest",
    "_practices_handlers",
    "_practices_known",
    "_practices_origin",
    "_practices_part",
    "_practices_responding",
    "_practices_searching",
    "_practices_taken",
    "_practices_telling",
    "_practices_together",
    "_practices_waiting",
    "_practices_writing",
    "_presence",
    "_privacy_jobs",
    "_privacy_taken",
    "_refused_mail",
    "_second_readers",
    "_session_leading",
    "_session_parts",
    "_session_reminding",
    "_sessions_handlers",
    "_sessions_live",
    "_sessions_taken",
    "_sessions_waiting",
    "_shared_cases",
    "_space_part",
    "_spaces_found",
    "_spaces_handlers",
    "_spaces_taken",
    "_spaces_telling",
    "_tending",
    "_worker",
    "_writing",
]

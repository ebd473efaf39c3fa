"""What the story is made of: the people, labels, milestones and issues of the team Search of acme, as tables."""

from __future__ import annotations

PEOPLE = """
mira.lindqvist   | Mira Lindqvist   | 30
tomas.okafor     | Tomas Okafor     | 40
ana.ferreira     | Ana Ferreira     | 30
jonas.weber      | Jonas Weber      | 30
priya.nair       | Priya Nair       | 30
lucas.martin     | Lucas Martin     | 30
emily.carter     | Emily Carter     | 30
kenji.sato       | Kenji Sato       | 30
dana.reyes       | Dana Reyes       | 20
victor.hale      | Victor Hale      | 20
planning-bot     | Planning Bot     | 40
milestone-keeper | Milestone Keeper | 40
zed_1987         | zed              | 0
"""

MILESTONES = """
18.6                       | 2025-10-11 | 2025-11-14
18.7                       | 2025-11-15 | 2025-12-12
18.8                       | 2025-12-13 | 2026-01-09
18.9                       | 2026-01-10 | 2026-02-13
18.10                      | 2026-02-14 | 2026-03-13
18.11                      | 2026-03-14 | 2026-04-10
18.1                       | 2025-06-14 | 2025-07-11
Next 1-3 releases          |            |
Next 4-6 releases          |            |
Backlog                    |            |
Awaiting Customer Feedback |            |
"""

LABELS = """
group::search                         | #A8D695
devops::find                          | #E44D2A
section::core                         | #00C8CA
type::bug                             | #DC143C
type::maintenance                     | #5843AD
type::feature                         | #0B7261
workflow::problem validation          | #428BCA
workflow::design                      | #428BCA
workflow::solution validation         | #428BCA
workflow::planning breakdown          | #428BCA
workflow::ready for development       | #428BCA
workflow::in dev                      | #428BCA
workflow::in review                   | #428BCA
workflow::awaiting security release   | #428BCA
workflow::blocked                     | #D9534F
Deliverable                           | #009966
Planning Issue                        | #6699CC
planning priority                     | #CD5B45
planning-bot::skip                    | #808080
priority::1                           | #B22222
priority::2                           | #CD5C5C
priority::3                           | #E9967A
priority::4                           | #EEE8AA
missed:18.6                           | #C21E56
missed:18.7                           | #C21E56
missed:18.8                           | #C21E56
missed:18.9                           | #C21E56
missed-deliverable                    | #C21E56
spike                                 | #FFD700
security                              | #8B0000
backend                               | #3CB371
frontend                              | #6495ED
documentation                         | #9370DB
customer                              | #FF8C00
"""

STAGES = {
    "problem": "workflow::problem validation",
    "design": "workflow::design",
    "solution": "workflow::solution validation",
    "breakdown": "workflow::planning breakdown",
    "ready": "workflow::ready for development",
    "in dev": "workflow::in dev",
    "in review": "workflow::in review",
    "blocked": "workflow::blocked",
}
ROLES = {"engine": "backend", "frontend": "frontend"}  # by project

# What the team planned and did, by project: type, priority, weight, assignee, the milestones that it was in the plan
# of, the day on which it was closed or the stage that it is in, title.
WORK = {
    "engine": """
feature     | 1 | 3 | ana.ferreira | 18.6           | 2025-10-30 | Cache the posting lists of frequent terms
bug         | 1 | 1 | jonas.weber  | 18.6           | 2025-10-17 | Query parser drops the last token of a quoted phrase
maintenance | 3 | 2 | priya.nair   | 18.6           | 2025-11-06 | Move index settings out of the environment
feature     | 2 | 3 | kenji.sato   | 18.6 18.7      | 2025-12-09 | Rank exact title matches above body matches
bug         | 1 | 2 | jonas.weber  | 18.6           | 2025-11-13 | Time out slow wildcard queries
feature     | 1 | 3 | ana.ferreira | 18.7           | 2025-12-10 | Stream results instead of buffering them
feature     | 2 | 3 | priya.nair   | 18.7           | 2025-12-05 | Reindex only the documents that changed
bug         | 3 | 1 | ana.ferreira | 18.7           | 2025-11-21 | Stop words of Portuguese are indexed as terms
maintenance | 2 | 2 | jonas.weber  | 18.7           | 2025-12-11 | Upgrade the tokenizer library
bug         | 1 | 3 | priya.nair   | 18.7 18.8      | 2026-01-08 | Duplicate hits after a repository is renamed
feature     | 2 | 3 | jonas.weber  | 18.8           | 2026-01-07 | Synonyms that a group can edit
bug         | 1 | 2 | ana.ferreira | 18.8           | 2025-12-19 | Shard assignment is uneven after a restart
maintenance | 4 | 1 | kenji.sato   | 18.8           | 2025-12-22 | Drop the unused scoring table
feature     | 3 | 3 | priya.nair   | 18.7 18.8 18.9 | in review  | Index comments on design documents
maintenance | 2 | 2 | ana.ferreira | 18.8           | 2026-01-09 | Compress the term dictionary
bug         | 2 | 2 | jonas.weber  | 18.9           | 2026-01-21 | Highlight matches across line breaks
feature     | 1 | 3 | ana.ferreira | 18.9           | in review  | Search within one directory
maintenance | 1 | 3 | jonas.weber  | 18.9           | in dev     | Back-pressure when the indexer falls behind
maintenance | 2 | 2 | kenji.sato   | 18.9           | in dev     | Relevance regression tests on a fixed corpus
maintenance | 1 | 1 | priya.nair   | 18.9           | 2026-01-16 | Rotate the credentials of the index cluster
bug         | 2 | 1 | ana.ferreira | 18.9           | ready      | Search answers 500 for an emoji alone
""",
    "frontend": """
feature     | 2 | 2 | lucas.martin | 18.6      | 2025-11-05 | Show the number of results beside each filter
bug         | 2 | 1 | emily.carter | 18.6      | 2025-10-22 | Keyboard focus is lost when a filter closes
maintenance | 3 | 3 | emily.carter | 18.6 18.7 | 2025-11-27 | Replace the deprecated date picker
feature     | 2 | 2 | lucas.martin | 18.7      | 2025-12-03 | Remember the filters of the last search
feature     | 3 | 1 | emily.carter | 18.7      | 2025-11-28 | Empty state when nothing was found
feature     | 2 | 3 | lucas.martin | 18.8 18.9 | 2026-01-27 | Preview of the first match in a file
bug         | 3 | 1 | emily.carter | 18.8      | 2025-12-18 | Facet counts flicker while typing
feature     | 2 | 2 | emily.carter | 18.8      | 2026-01-06 | Saved searches can be shared by link
feature     | 2 | 2 | lucas.martin | 18.9      | in dev     | Filter results by language
bug         | 3 | 1 | emily.carter | 18.9      | 2026-01-23 | Long paths push the result title off the screen
feature     | 2 | 2 | emily.carter | 18.9      | in review  | Announce result counts to screen readers
""",
}

# What may come next, by project: type, priority, weight, stage, other labels, assignee, title.
CANDIDATES = {
    "engine": """
feature     | 1 | 3 | ready     | planning priority |              | Search by commit author
feature     | 1 | 2 | ready     | customer          |              | Exclude archived projects from the index
bug         | 1 | 1 | ready     |                   | ana.ferreira | Wrong result count behind page ten
bug         | 1 | 2 | ready     |                   |              | Index deletion leaves orphaned segments
maintenance | 2 | 2 | ready     |                   |              | Warm the cache after a deployment
feature     | 2 | 3 | ready     |                   | jonas.weber  | Fuzzy matching for identifiers
maintenance | 2 | 2 | ready     |                   | kenji.sato   | Measure the latency of each query stage
maintenance | 2 | 3 | ready     |                   |              | Merge small segments in the background
feature     | 2 | 2 | ready     | customer          |              | Negative filters, such as -path:vendor
bug         | 3 | 1 | ready     |                   | priya.nair   | Retry a failed bulk request once
feature     | 3 | 2 | ready     |                   |              | Sort results by last change
maintenance | 4 | 1 | ready     |                   | ana.ferreira | Remove the feature flag of streamed results
feature     | 2 | 2 | breakdown | spike             | priya.nair   | Which embedding model fits our latency budget?
maintenance | 2 | 8 | ready     |                   |              | Replace the query planner
feature     | 2 | - | ready     |                   |              | Group results by repository
feature     | 3 | - | breakdown |                   |              | Index wiki attachments
feature     | 1 | 3 | blocked   | planning priority |              | Semantic search behind a feature flag
feature     | 3 | 3 | design    |                   |              | Language detection for snippets
bug         | 1 | 2 | ready     | security          | priya.nair   | Leaked project names in suggestions
maintenance | 3 | 0 | ready     |                   |              | Tune the garbage collector of the index nodes
""",
    "frontend": """
feature     | 1 | 2 | ready    | customer      |              | Show recent searches in the search box
feature     | 2 | 3 | ready    |               | lucas.martin | Filters as a drawer on small screens
bug         | 2 | 1 | ready    |               | emily.carter | Highlight colours fail the contrast check
maintenance | 3 | 3 | ready    |               |              | Migrate the results list to the new components
feature     | 3 | 1 | ready    | documentation |              | Copy a link to a single result
feature     | 4 | 2 | solution |               |              | Onboarding tour for advanced syntax
bug         | 4 | 1 | ready    |               |              | /close @all <img src=x onerror=alert(1)> [x](//e)
""",
}
HOSTILE = "/close @all <img src=x onerror=alert(1)> [x](//e)"
STRANGERS = {HOSTILE: "zed_1987"}
CONFIDENTIAL = ("Leaked project names in suggestions", "Rotate the credentials of the index cluster")
BLOCKS = (("Which embedding model fits our latency budget?", "Semantic search behind a feature flag"),)

# Further off, by project: type, priority, stage, milestone, title.
LATER = {
    "engine": """
feature     | 4 | problem   | Next 4-6 releases | Search across instances
feature     | 2 | solution  | Next 1-3 releases | Natural language questions
maintenance | 3 | breakdown | Next 1-3 releases | Reduce the memory of idle shards
feature     | 2 | ready     | Next 1-3 releases | Regular expressions in code search
bug         | 3 | problem   | Backlog           | Index size grows after every force push
feature     | 3 | breakdown | 18.11             | Per-group quotas for indexing
""",
    "frontend": """
feature | 3 | design  | Next 1-3 releases          | Dark mode for the search results
feature | 4 | problem | Backlog                    | Customizable result columns
bug     | 2 | problem | Awaiting Customer Feedback | Result counts differ from the old search
bug     | 3 | problem |                            | Search box overlaps the banner on tablets
""",
}

# What else happened: title, time, who, what.
TWISTS = """
Upgrade the tokenizer library                | 2025-12-04 10:00 | jonas.weber      | close
Upgrade the tokenizer library                | 2025-12-08 09:20 | victor.hale      | reopen
Reindex only the documents that changed      | 2025-11-24 14:00 | priya.nair       | weight 3
Reindex only the documents that changed      | 2025-11-10 14:00 | priya.nair       | weight 2
Empty state when nothing was found           | 2025-11-25 11:00 | mira.lindqvist   | + Deliverable
Empty state when nothing was found           | 2025-11-13 11:00 | mira.lindqvist   | - Deliverable
Relevance regression tests on a fixed corpus | 2026-01-19 11:00 | tomas.okafor     | + customer
Per-group quotas for indexing                | 2026-01-22 16:00 | mira.lindqvist   | milestone 18.10
Per-group quotas for indexing                | 2026-01-28 10:00 | mira.lindqvist   | milestone 18.11
Search answers 500 for an emoji alone        | 2026-01-20 09:00 | mira.lindqvist   | + planning priority
"""

# title, time, who, text
NOTES = (
    (
        "Index comments on design documents",
        "2026-01-12 09:30",
        "priya.nair",
        "Third milestone for this one. The permission checks are the hard part; should we split it?",
    ),
    (
        "Index comments on design documents",
        "2026-01-12 13:05",
        "mira.lindqvist",
        "Yes please. Read access first, drafts later.",
    ),
    (
        "Semantic search behind a feature flag",
        "2026-01-26 10:12",
        "jonas.weber",
        "Blocked until we know which model to use.",
    ),
    (
        "Replace the query planner",
        "2026-01-27 15:40",
        "ana.ferreira",
        "An 8 is really three or four issues. I can draft the breakdown.",
    ),
    (
        "Filters as a drawer on small screens",
        "2026-01-29 08:55",
        "dana.reyes",
        "Designs are final, see the attached prototype.",
    ),
    (
        "Leaked project names in suggestions",
        "2026-01-28 17:20",
        "victor.hale",
        "Reproduced on a fresh instance.",
    ),
)

PTO = """username,from,to,share
ana.ferreira,2026-02-16,2026-02-20
jonas.weber,2026-03-02,2026-03-04
priya.nair,2026-03-13,2026-03-13,0.5
lucas.martin,2026-02-23,2026-02-27
emily.carter,2026-01-26,2026-01-27
kenji.sato,2026-03-09,2026-03-10
"""

# What people keep in the team's Sheet.
ON_CALL = (("Week", "Who"), ("2026-02-16", "Jonas"), ("2026-02-23", "Priya"), ("2026-03-02", "Emily"))

CONFIG = """# The team Search of acme, as the sandbox tells its story. See the contract's file for every key.
gitlab:
  url: {url}

sheets:
  api_url: {url}/

slack:
  api_url: {url}/slack/api/

teams:
  search:
    name: Search
    timezone: Europe/Lisbon

    gitlab:
      group: acme
      label: "group::search"
      labels: ["devops::find", "section::core"]

    product_manager: mira.lindqvist
    engineering_manager: tomas.okafor
    counterparts: {{Designer: dana.reyes, Test engineer: victor.hale}}

    members:
      - {{username: ana.ferreira, name: Ana Ferreira, roles: [backend], country: PT}}
      - {{username: jonas.weber, name: Jonas Weber, roles: [backend], country: DE, subdivision: BY}}
      - {{username: priya.nair, name: Priya Nair, roles: [backend], country: IN}}
      - {{username: lucas.martin, name: Lucas Martin, roles: [frontend], country: FR}}
      - {{username: emily.carter, name: Emily Carter, roles: [frontend], country: US}}
      - {{username: kenji.sato, name: Kenji Sato, allocation: 0.5, roles: [backend], country: JP}}

    planning_issue:
      project: acme/search/planning

    capacity:
      buffer: 0.1
      rotations:
        - {{label: Support, username: emily.carter, from: 2026-03-02, to: 2026-03-06, share: 0.5}}
      pto:
        - csv: pto/search.csv
      sheet: {{key: search-planning, tab: "Capacity {{{{ milestone.title }}}}"}}

    deliverables:
      type_mix: {{"type::feature": 60, "type::maintenance": 30, "type::bug": 10}}

    say_do:
      channel: team-search
"""

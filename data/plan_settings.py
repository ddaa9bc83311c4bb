"""The settings of plans and planning; data/settings.py lists them too."""

from __future__ import annotations

from data.setting import Setting

PLAN_SETTINGS = (
    Setting(
        name="plan_steps",
        default=200_000_000,
        unit="moves",
        help="boundary moves the planner tries over all units and restarts; at least 300 a unit and restart",
        source="measured: Providence's 3,014 blocks in about half a minute",
    ),
    Setting(
        name="plan_restarts",
        default=4,
        unit="searches",
        help="searches the planner makes of each part, from different starts",
        source="measured: more gain less than longer ones",
    ),
    Setting(
        name="plan_seeds",
        default=12,
        unit="plans",
        help="first plans by METIS that the starts are chosen from",
        source="measured",
    ),
    Setting(
        name="plan_exact_units",
        default=60,
        unit="units",
        help="a part with no plan found is given to the exact solver up to this many units",
        source="county choice",
    ),
    Setting(
        name="plan_exact_work",
        default=2.0,
        unit="CP-SAT's deterministic seconds",
        help="how long the exact solver works on one part and one number of zones",
        source="county choice",
    ),
    Setting(
        name="plan_load_weight",
        default=100.0,
        unit="mean borders",
        help="what an unevenness of workload of 1 (squared shares, summed over zones) weighs against border length",
        source="county choice",
    ),
    Setting(
        name="plan_soft_discount",
        default=0.7,
        unit="share",
        help="share of its length that a border along a soft barrier does not count, so that zones end there",
        source="county choice",
    ),
    Setting(
        name="plan_barrier_tolerance_m",
        default=1.0,
        unit="m",
        help="a border runs along a barrier when it is no further away than this",
        source="design",
    ),
    Setting(
        name="plan_bridge_reach_m",
        default=15.0,
        unit="m",
        help="a bridge joins units whose border or ground it comes this close to",
        source="design",
    ),
    Setting(
        name="plan_hard_barriers",
        default="river,motorway",
        unit="classes of water and roads",
        help="lines no zone may lie on both sides of, unless a bridge joins them",
        source="county choice",
    ),
    Setting(
        name="plan_soft_barriers",
        default="canal,trunk,primary",
        unit="classes of water and roads",
        help="lines a zone rather ends at",
        source="county choice",
    ),
    Setting(
        name="plan_cell_step_m",
        default=4.0,
        unit="m",
        help="how far apart the points on a building's outline are from which the ground around it is shared out",
        source="measured: cells of 2 m steps differ by 1 % of their ground and take twice as long",
    ),
    Setting(
        name="plan_cell_shrink_m",
        default=0.4,
        unit="m",
        help="how far outlines are drawn in first, so that houses wall to wall are told apart",
        source="Fleischmann et al. 2020, doi 10.1016/j.compenvurbsys.2019.101441",
    ),
    Setting(
        name="plan_strip_width_m",
        default=8.0,
        unit="m",
        help="a strip between streets narrower than this in the mean is no block of its own",
        source="design: the middle of a dual carriageway, the bank between a street and a river",
    ),
    Setting(
        name="plan_building_classes",
        default="apartments=town, house=village_group, rented_house=rental, works=dedicated, firm=dedicated, "
        "park=dedicated, school=dedicated, market=dedicated, station=dedicated",
        unit="kind=class",
        help="class of area by kind of building, where areas are made of buildings; other kinds follow the town's band",
        source="county choice",
    ),
    Setting(
        name="plan_seen_minutes",
        default=5,
        unit="min",
        help="how long after they were last seen somebody counts as editing a plan",
        source="design",
    ),
    Setting(
        name="plan_code_share",
        default=0.5,
        unit="share of households",
        help="a zone keeps its code when it keeps more than this part of its households, and they are more than this "
        "part of its new ones",
        source="county choice",
    ),
    Setting(
        name="plan_worker_speed_km_h",
        default=15.0,
        unit="km/h",
        help="how fast a grid worker gets to an incident, for comparing plans by the way there",
        source="design: an electric bicycle in town",
    ),
    Setting(
        name="plan_detour",
        default=1.3,
        unit="length of the way / straight distance",
        help="how much longer the way is than the straight line, for comparing plans",
        source="design: usual for town streets",
    ),
    Setting(
        name="plan_arrival_minutes",
        default=15.0,
        unit="min",
        help="arrival that counts as in time when plans are compared",
        source="county choice",
    ),
)

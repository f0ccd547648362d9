"""The whole page: sections in their order, styles and scripts inlined, nothing fetched."""

from paribus.report.all_pairs import write_pairs
from paribus.report.arms_table import write_arms_table, write_seeds_table
from paribus.report.claims import write_claims
from paribus.report.colours import style_arms
from paribus.report.contents import insert_contents
from paribus.report.costs import write_costs
from paribus.report.ensembles import write_ensembles
from paribus.report.factors import write_factors
from paribus.report.fine_print import write_fine_print
from paribus.report.images import write_filters, write_images
from paribus.report.inputs import ReportInput
from paribus.report.learning import write_learning
from paribus.report.model import write_model
from paribus.report.numerals import as_moment
from paribus.report.one_seed import write_one_seed
from paribus.report.passport import write_data
from paribus.report.provenance import write_provenance
from paribus.report.published import write_published
from paribus.report.search import write_search
from paribus.report.shell import fill_part, write_shell
from paribus.report.verdict import write_about, write_verdict


def build_page(report: ReportInput) -> str:
    """One HTML file that needs no network and, for its numbers, no scripts."""
    conclusion = report.conclusion
    styles = style_arms([arm.name for arm in conclusion.arms], conclusion.control)
    body = fill_part(
        "page.html",
        title=conclusion.title,
        study=conclusion.study,
        revision=conclusion.revision[:12],
        made=as_moment(report.made),
        about=write_about(f"{conclusion.about}\n\n{conclusion.note}"),
        verdict=write_verdict(report, styles),
        claims=write_claims(report),
        arms=write_arms_table(report, styles),
        published=write_published(report, styles),
        seeds=write_seeds_table(report, styles),
        pairs=write_pairs(report),
        one_seed=write_one_seed(report),
        search=write_search(report, styles),
        factors=write_factors(report, styles),
        costs=write_costs(report, styles),
        learning=write_learning(report, styles),
        ensembles=write_ensembles(report, styles),
        images=write_images(report.images, styles),
        model=write_model(report),
        filters=write_filters(report.images, styles),
        data=write_data(report.data, styles),
        fine_print=write_fine_print(report, styles),
        provenance=write_provenance(report, styles),
    )
    return write_shell(conclusion.title, insert_contents(body), charts=True)

"""Pages to finished texts: jinja2 in a sandbox, then premailer once for an edition.

Templates are looked up by name in the operator's folders first, then in the ones that ship;
`stock/…` names the shipped one even where an operator's file stands before it, so that an
override can extend what it replaces.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.catalogue import catalogue
from newsletter.core.theme import BLOCKS
from newsletter.errors import ConfigError, TemplateError
from newsletter.pictures import sparkline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import TracebackType

    from newsletter.core.page import EditionPage

UNSUBSCRIBE_URL = "https://personal.invalid/unsubscribe"
PREFERENCES_URL = "https://personal.invalid/preferences"

TEXT_WIDTH = 72
_ENDS = "。、，；：！？）」』"  # noqa: RUF001 - the signs themselves
_CLAUSE = re.compile(f"[^{_ENDS}]*[{_ENDS}]+|[^{_ENDS}]+")
DOCTYPE = "<!DOCTYPE html>"

# What a template's own expressions can raise beside jinja2's errors: 1 + "a", [][3], 1 / 0.
_FAULTS = (
    *(ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError),
    ValueError,
)


@dataclass(frozen=True)
class Links:
    """Each subscriber's own links, as tokens, and the edition's public page (or None)."""

    unsubscribe: str = UNSUBSCRIBE_URL
    preferences: str = PREFERENCES_URL
    view: str | None = None


@dataclass(frozen=True)
class RenderedEdition:
    """An edition as text, before it becomes a message.

    The tokens `UNSUBSCRIBE_URL` and `PREFERENCES_URL` stand literally in `html` and `text`; the
    sender puts each subscriber's own links in their place.
    """

    subject: str
    html: str
    text: str


class Renderer:
    """Renders templates by name, from the operator's folders or the ones that ship."""

    def __init__(self, *folders: Path, language: str = "en") -> None:
        self._environment = _environment(folders, language)

    def edition(self, page: EditionPage, *, view_url: str | None = None) -> RenderedEdition:
        """The mail of an edition: subject, HTML with styles inlined, plain text.

        Without `view_url` there is no "view in browser" line.

        Raises:
            TemplateError: a template is missing, broken, or uses what nobody gave.
            ConfigError: the theme names a block that has no template.
        """
        self._refuse_unknown(page.brand.theme.blocks)
        values = {"page": page, "brand": page.brand, "links": Links(view=view_url)}
        return RenderedEdition(
            subject=one_line(self.render("email/edition/subject.txt", values)),
            html=inline_styles(self.render("email/edition/body.html", values)),
            text=tidy_text(self.render("email/edition/body.txt", values)),
        )

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """Any template as it stands, styles not inlined; `*.html` escapes what it shows.

        Raises:
            TemplateError: as for `edition`.
        """
        try:
            return self._environment.get_template(name).render(values)
        except jinja2.TemplateError as error:
            raise _template_error(name, error) from error
        except _FAULTS as error:
            raise _template_error(name, error) from error

    def _refuse_unknown(self, blocks: Iterable[str]) -> None:
        there = set(self._environment.list_templates())
        wanted = [f"email/blocks/{name}.{kind}" for name in blocks for kind in ("html", "txt")]
        if missing := [name for name in wanted if name not in there]:
            raise ConfigError([_without_template(name) for name in missing])


def template_folder() -> Path:
    """Where the shipped templates are: inside the package (wheel), else beside it (checkout)."""
    package = Path(__file__).resolve().parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def inline_styles(html: str) -> str:
    """The document with its rules written into `style` attributes, as mail clients need it.

    A `<style data-premailer="ignore">` stays as it is: media queries, dark mode. Nothing is
    fetched, whatever a template links to.

    Raises:
        TemplateError: the HTML or its style sheet cannot be read.
    """
    from cssselect import SelectorError
    from lxml.etree import LxmlError
    from premailer import Premailer

    try:
        inlined = Premailer(
            html,
            allow_network=False,
            strip_important=False,  # its default breaks dark mode and the rules for phones
            disable_validation=True,
            cache_css_parsing=False,  # its cache is shared, and it changes what it caches
            disable_basic_attributes=["align", "bgcolor", "height", "valign", "width"],
            cssutils_logging_level=logging.CRITICAL,
        ).transform(pretty_print=False)
    except (LxmlError, SelectorError, AssertionError, AttributeError, ValueError) as error:
        raise TemplateError(
            f"styles cannot be inlined: {one_line(str(error))};"
            " look at the <style> block and the markup of body.html and its blocks"
        ) from error
    return _with_doctype(inlined)


def one_line(text: str) -> str:
    """The words of a text on a single line, whatever separated them."""
    return " ".join(text.split())


def tidy_text(text: str) -> str:
    """Plain text without spaces at line ends and with at most one blank line in a row."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"


def wrap_text(text: str, first: str = "", rest: str | None = None, width: int = TEXT_WIDTH) -> str:
    """Words filled into lines of at most `width` terminal columns; web addresses stay whole.

    Chinese and Japanese break after a sign that ends something; what has none stays whole up to
    twice the width, and no line begins with such a sign.
    `first` stands before the first line and `rest` before the others (the same, when not given).
    """
    following = first if rest is None else rest
    lines, line, prefix = [], "", first
    for gap, piece in _pieces(text, width - max(columns(first), columns(following))):
        longer = f"{line}{gap}{piece}" if line else piece
        if line and columns(prefix + longer) > width:
            lines.append(prefix + line)
            line, prefix = piece, following
        else:
            line = longer
    return "\n".join([*lines, prefix + line])


def columns(text: str) -> int:
    """How many columns a terminal needs: Chinese characters take two, combining marks none."""
    return sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if _is_wide(character) else 1


def _pieces(text: str, width: int) -> Iterator[tuple[str, str]]:
    """What a line may not break, and what stands before each within a line: a space, or nothing."""
    for word in text.split():
        gap = " "
        for clause in _CLAUSE.findall(word):
            for piece in _cut(clause, width):
                yield gap, piece
                gap = ""


def _cut(clause: str, width: int) -> Iterator[str]:
    """The clause itself, or pieces of it where it is too wide to stay whole."""
    widest = 2 * width if any(map(_is_wide, clause)) else width
    if columns(clause) <= widest or clause.startswith(("http://", "https://")):
        yield clause
        return
    piece = ""
    for character in clause:
        if piece and character not in _ENDS and columns(piece + character) > width:
            yield piece
            piece = ""
        piece += character
    yield piece


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _environment(folders: Sequence[Path], language: str) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=_loader(folders),
        autoescape=jinja2.select_autoescape(("html", "htm", "xml")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = catalogue(language, *folders, template_folder())
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        words.gettext, words.ngettext, newstyle=True
    )
    environment.filters["wrap"] = wrap_text
    environment.filters["sparkline"] = sparkline
    environment.filters["columns"] = columns
    environment.filters["day"] = words.day
    environment.filters["said"] = words.gettext  # for settings: their defaults are translated
    return environment


class _OwnTemplates(jinja2.FileSystemLoader):
    """An operator's folder: what is no text is told by its own name, not by who includes it."""

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        try:
            return super().get_source(environment, template)
        except UnicodeDecodeError as error:
            file = Path(self.searchpath[0], template)
            raise TemplateError(
                f"template {file} is not UTF-8 text (byte {error.start + 1}); save it as UTF-8"
            ) from error


def _loader(folders: Iterable[Path]) -> jinja2.BaseLoader:
    stock = jinja2.FileSystemLoader(template_folder())
    own = [_OwnTemplates(folder) for folder in folders]
    return jinja2.ChoiceLoader([*own, stock, jinja2.PrefixLoader({"stock": stock})])


def _with_doctype(html: str) -> str:
    has_doctype = html.lstrip()[: len(DOCTYPE)].lower() == DOCTYPE.lower()
    return html if has_doctype else f"{DOCTYPE}\n{html}"


def _without_template(name: str) -> str:
    block = Path(name).stem
    return (
        f"`theme.blocks`: the block {block!r} needs {name} in your templates folder;"
        f" ours are {', '.join(BLOCKS)}"
    )


def _template_error(name: str, error: Exception) -> TemplateError:
    """One line: template, line number, what is wrong, what to do."""
    place = _syntax_place(error) or _run_place(error.__traceback__) or name
    return TemplateError(f"template {place}: {_complaint(error)}")


def _syntax_place(error: Exception) -> str:
    if not isinstance(error, jinja2.TemplateSyntaxError):
        return ""
    return f"{error.filename or error.name}, line {error.lineno}"


def _run_place(traceback: TracebackType | None) -> str:
    """The innermost line of a template in a traceback; jinja2 marks the frames it rewrites."""
    place = ""
    while traceback is not None:
        frame = traceback.tb_frame
        if "__jinja_exception__" in frame.f_globals:
            place = f"{frame.f_code.co_filename}, line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


def _complaint(error: Exception) -> str:
    what = one_line(str(error)) or type(error).__name__
    if isinstance(error, jinja2.TemplateNotFound):
        return f"no template is called {what!r}; put it into your templates folder or mend the name"
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{what}; mend the syntax there"
    if isinstance(error, SecurityError):
        return f"{what}; a template may not reach into Python, take that expression out"
    if isinstance(error, jinja2.UndefinedError):
        return f"{what}; use a value the template is given, or ask first whether it `is defined`"
    return f"{type(error).__name__}: {what}; mend it there"

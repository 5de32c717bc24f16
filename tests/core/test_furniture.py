"""What a site adds to every page goes; what an article says stays."""

from __future__ import annotations

import pytest

from newsletter.core.text import without_furniture

BODY = "The ministry raised the quota for neodymium on Tuesday."

PHRASES = [
    *("(opens in a new tab)", "(Opens in new window)", "(opening in a new tab)"),
    *("(öffnet in neuem Tab)", "(wird in einem neuen Fenster geöffnet)"),
    *("(s’ouvre dans un nouvel onglet)", "(s'ouvre dans une nouvelle fenêtre)"),
    *("(se abre en una nueva pestaña)", "(abre en una ventana nueva)"),
    *("(abre em uma nova aba)", "(abre num novo separador)", "(si apre in una nuova scheda)"),
    *("(在新标签页中打开)", "(在新窗口打开)"),
]
ENDINGS = [
    "The post Quota rises appeared first on Metal Paper.",
    "The post Quota rises first appeared on metalpaper.example.",
    "This article first appeared in The Paper",
    "This story was originally published by Metal Paper.",
    "Der Beitrag Quote steigt erschien zuerst auf Metallblatt.",
    "L’article Quota est apparu en premier sur Journal.",
    "La entrada Cuota se publicó primero en Diario.",
    "O post Cota apareceu primeiro em Jornal.",
    "L'articolo Quota proviene da Giornale.",
    "Het bericht Quotum verscheen eerst op Krant.",
    "Read more",
    "Continue reading »",
    "Read more about quotas",
    "Weiterlesen …",
    "[…]",
    "[+1234 chars]",
]
LINES = [
    *("Advertisement", "ADVERTISEMENT - SCROLL TO CONTINUE", "Sponsored content", "广告"),
    *(
        "Related: Another quota rises",
        "Related articles",
        "Related stories:",
        "Recommended for you",
    ),
    *("You may also like", "Also read: A mine opens", "Read next: A mine opens", "Most read"),
    *("Lesen Sie auch: Eine Mine öffnet", "Lire aussi : une mine ouvre", "延伸阅读:矿山"),
    *("We use cookies to improve your experience on our site.", "Accept all cookies"),
    *("This website uses cookies.", "Diese Website verwendet Cookies.", "Cookie settings"),
    *("By continuing to browse you agree to our use of cookies.", "本网站使用 cookie。"),
    *("Share this:", "Share on Facebook", "Facebook | Twitter | LinkedIn", "3 min read"),
    *("Comments are closed", "You must be logged in to post a comment.", "All rights reserved."),
    *("Sign up for our daily newsletter", "Enter your email address to subscribe to alerts"),
]
FORM = [
    *("0 Comments", "12 Comments", "Submit a Comment", "Leave a Reply Cancel reply"),
    *("Your email address will not be published. Required fields are marked *",),
    *(
        "Votre adresse e-mail ne sera pas publiée.",
        "Deine E-Mail-Adresse wird nicht veröffentlicht.",
    ),
]
KEPT = [
    "Reporting by A. Writer in Beijing; Editing by B. Reader",
    "The post of trade minister is vacant since the scandal first appeared on television.",
    "He took the post after he first appeared on Fox.",
    "The post-war order appeared on the agenda.",
    "The list was first published in 2019 by the ministry.",
    "The mine opens in a new window of opportunity.",
    "The door (opens in a new wing) was shut.",
    "Readers want to read more about rare earths than before.",
    "She likes to read on.",
    "The two companies are related: one owns the other's refinery.",
    "Related companies must report their stakes, the regulator said.",
    "Advertisement spending fell 4% in April.",
    "An advertisement in the paper offered the mine for sale.",
    "We use cookies, the baker said, to feed the miners.",
    "The website uses cookies to track miners, the regulator said.",
    "Cookie settings were changed by the authority in May.",
    "The ministry received 0 comments from industry.",
    "Comments are closed-door affairs in the ministry.",
    "Submit a comment to the docket by May 4, the agency said.",
    "Share prices of Facebook and Twitter fell.",
    "The court said all rights reserved in the treaty stand.",
    "More news is expected on Tuesday.",
    "You may also like to know that the quota rose.",
    "A newsletter of the ministry said the quota rose.",
    "Recommended for you to know: nothing",
]


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_phrase_goes_from_within_a_sentence(phrase: str) -> None:
    text = without_furniture(f"Under Section 232 {phrase} of the act, and (so) on.", "")
    assert text == "Under Section 232 of the act, and (so) on."


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ending_goes(ending: str) -> None:
    assert without_furniture(f"{BODY} {ending}", "") == BODY


@pytest.mark.parametrize("line", LINES)
def test_a_line_goes(line: str) -> None:
    assert without_furniture(f"{BODY}\n\n{line}\n\nIt was the third time.", "") == (
        f"{BODY}\n\nIt was the third time."
    )


@pytest.mark.parametrize("line", FORM)
def test_the_comment_form_goes_with_all_below(line: str) -> None:
    assert without_furniture(f"{BODY}\n\n{line}\n\nName\n\nSubmit", "") == BODY


@pytest.mark.parametrize("sentence", KEPT)
def test_an_articles_own_sentence_stays(sentence: str) -> None:
    for text in (sentence, f"{BODY}\n\n{sentence}\n\nIt was the third time."):
        assert without_furniture(text, "Metal Paper") == text


def test_a_sign_up_block_that_stands_three_times_goes() -> None:
    block = "Metal Paper in your inbox\n\nThe free newsletter on metals, every day.\n\n"
    text = without_furniture(f"{block}{BODY}\n\n{block}It was late.\n\n{block}", "Metal Paper")
    assert text == f"{BODY}\n\nIt was late."


def test_the_same_line_stays_once() -> None:
    assert without_furniture(f"{BODY}\n\nBox\n\nBox", "") == f"{BODY}\n\nBox"

"""What a page for people is held to, as a real browser sees it: it loads nothing and runs nothing,
can be read in both colour schemes and on a narrow screen, and used without a mouse."""

from playwright.sync_api import Page

# WCAG 2.2 §1.4.3.
CONTRAST_MIN = 4.5
# WCAG 2.2 §1.4.10: no scrolling in two directions at this width, in CSS pixels.
NARROW_PX = 320
# What a thumb hits, in CSS pixels.
BUTTON_PX_MIN = 44

STRUCTURE = """(button_px_min) => {
    const wrong = [];
    const expect = (is_so, what) => is_so || wrong.push(what);
    expect(/^[a-z]{2}/.test(document.documentElement.lang), "no language");
    expect(document.title.trim() !== "", "no title");
    expect(document.querySelectorAll("h1").length === 1, "not one h1");
    expect(document.querySelectorAll("main").length === 1, "not one main");
    expect(document.scripts.length === 0, "a script");
    const all = [...document.querySelectorAll("*")];
    for (const element of all)
        for (const { name } of element.attributes) {
            expect(!/^on/.test(name), `a script in ${name}`);
            expect(name !== "style", "a style in an attribute");
            expect(name !== "tabindex", "another order than the page's");
        }
    expect(performance.getEntriesByType("resource").length === 0, "something was loaded");
    for (const input of document.querySelectorAll("input:not([type=hidden])"))
        expect([...input.labels].some((label) => label.innerText.trim()), "no label");
    for (const button of document.querySelectorAll("button")) {
        expect(button.innerText.trim() !== "", "a button that says nothing");
        const { width, height } = button.getBoundingClientRect();
        expect(Math.min(width, height) >= button_px_min, `a button of ${width}x${height}`);
    }
    return wrong;
}"""

WIDTH = """() => {
    const width = document.documentElement.clientWidth;
    const wide = [...document.body.querySelectorAll("*")].filter(
        (element) => element.getBoundingClientRect().right > width + 0.5
    );
    return document.documentElement.scrollWidth > width || wide.length > 0
        ? [`wider than ${width}: ${wide.map((element) => element.tagName)}`] : [];
}"""

CONTRAST = """(contrast_min) => {
    const wrong = [];
    const parse = (color) => {
        const [r, g, b, alpha = 1] = color.match(/[\\d.]+/g).map(Number);
        return { channels: [r, g, b], alpha };
    };
    const linear = (channel) => {
        const c = channel / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    };
    const luminance = (channels) => {
        const [r, g, b] = channels.map(linear);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
        for (let one = element; one; one = one.parentElement) {
            const { channels, alpha } = parse(getComputedStyle(one).backgroundColor);
            if (alpha === 1) return channels;
            if (alpha > 0) wrong.push("a ground that shines through");
        }
        wrong.push("no ground");
        return [0, 0, 0];
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let seen = 0;
    while (texts.nextNode()) {
        const text = texts.currentNode.data.trim();
        const element = texts.currentNode.parentElement;
        if (!text || !element.checkVisibility()) continue;
        seen += 1;
        const { color, opacity } = getComputedStyle(element);
        const { channels, alpha } = parse(color);
        if (opacity !== "1" || alpha !== 1) wrong.push(`${text} shines through`);
        const both = [luminance(channels), luminance(ground(element))];
        const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
        if (ratio < contrast_min) wrong.push(`${text}: ${ratio.toFixed(1)} to 1`);
    }
    if (seen === 0) wrong.push("no text");
    return wrong;
}"""

GROUND = "() => getComputedStyle(document.body).backgroundColor"
# What the keyboard gets to, in the order of the page: its words, or its name.
FOCUSABLE = """() => [...document.querySelectorAll("a[href], input:not([type=hidden]), button")]
    .map((element) => element.innerText || element.name)"""
FOCUSED = """() => {
    const element = document.activeElement;
    const has_outline = getComputedStyle(element).outlineStyle !== "none";
    return [element.innerText || element.name, has_outline];
}"""


def what_is_wrong(page: Page) -> list[str]:
    """What a page does wrong; nothing, if it is good. It is left as it was."""
    wrong = page.evaluate(STRUCTURE, BUTTON_PX_MIN) + wrong_by_keyboard(page)
    size = page.viewport_size
    page.set_viewport_size({"width": NARROW_PX, "height": size["height"]})
    wrong += page.evaluate(WIDTH)
    page.set_viewport_size(size)
    grounds = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        wrong += [f"{scheme}: {what}" for what in page.evaluate(CONTRAST, CONTRAST_MIN)]
        grounds.append(page.evaluate(GROUND))
    if grounds[0] == grounds[1]:
        wrong.append("the same in the dark")
    page.emulate_media(color_scheme="null")
    return wrong


def wrong_by_keyboard(page: Page) -> list[str]:
    """Whether the keyboard gets to everything, in its order, and shows where it is."""
    expected = page.evaluate(FOCUSABLE)
    found = []
    for _ in expected:
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUSED))
    unseen = [what for what, has_outline in found if not has_outline]
    names = [what for what, _ in found]
    wrong = [] if names == expected else [f"by keyboard {names}, not {expected}"]
    return wrong + ([f"the focus on {unseen} cannot be seen"] if unseen else [])

"""Files as editors bring them, small and written here."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from docx import Document

THEMES = ("调查研究", "基层治理", "安全生产", "乡村振兴", "作风建设", "防汛救灾", "便民服务")


def title_of(number: int) -> str:
    return f"在全市{THEMES[number % 7]}工作第{number}次推进会上的讲话"


def body_of(number: int) -> list[str]:
    """Return the paragraphs of a speech that is like no other."""
    theme = THEMES[number % 7]
    return [
        "同志们：",
        f"今天我们召开第{number}次推进会，主要任务是总结前一阶段{theme}工作，分析面临的形势，安排下一步任务。",
        f"一、提高认识，把{theme}摆在突出位置。第{number}号台账列出的问题，要逐条对照，一项一项改到位。"
        "群众满意不满意，是检验工作的第一标准，决不能用表格代替脚步，用汇报代替落实。",
        f"二、突出重点，把{theme}抓出成效。要到矛盾最集中的地方去，听第{number}个村的意见，"
        "把解决一个问题同完善一套制度结合起来，既治标更治本。",
        f"三、加强领导，为{theme}提供保障。各单位主要负责同志要亲自抓，第{number}季度末逐项销号。",
        "同志们，任务已经明确，关键在于落实。让我们振奋精神，扎实工作，以实际成效取信于民。",
    ]


def text_of(number: int) -> bytes:
    return "\n\n".join([title_of(number), *body_of(number)]).encode()


def html_of(number: int, url: str = "", extra: str = "") -> bytes:
    link = f'<link rel="canonical" href="{url}">' if url else ""
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in body_of(number))
    title = title_of(number)
    return (
        f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title>{link}'
        f"</head><body><article><h1>{title}</h1>{paragraphs}{extra}</article></body></html>"
    ).encode()


def docx_of(number: int) -> bytes:
    document = Document()
    document.add_heading(title_of(number), 0)
    for paragraph in body_of(number):
        document.add_paragraph(paragraph)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def row_of(number: int, **values: Any) -> dict[str, Any]:
    return {
        "title": title_of(number),
        "date": "2024-04-14",
        "source": "江川市人民政府",
        "text": "\n".join(body_of(number)),
    } | values


def jsonl_of(*rows: dict[str, Any]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def zip_of(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()

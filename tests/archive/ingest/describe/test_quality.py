"""What an editor should look at first."""

import pytest

from archive.ingest.describe.quality import held_reason

TEXT = "树立和践行正确政绩观，关键在于坚持正确的价值导向。" * 10


@pytest.mark.parametrize(
    ("text", "title", "replaced", "reason"),
    [
        (TEXT, "标题", 0, ""),
        ("404 Not Found 您访问的页面不存在", "404", 0, "像是错误页或登录页"),
        (TEXT[:150] + "登录后即可查看全文", "标题", 0, "像是错误页或登录页"),
        ("请启用JavaScript后继续", "", 0, "像是错误页或登录页"),
        (TEXT * 5 + "有人在会上说，页面不存在。", "标题", 0, ""),
        ("太短", "标题", 0, "正文太短"),
        ("plain english " * 30 + "中文", "标题", 0, "汉字比例过低"),
        (TEXT, "标题", 20, "无法解码的字节过多"),
        (TEXT, "标题", 1, ""),
    ],
)
def test_held_reason(text, title, replaced, reason):
    assert held_reason(text, title, replaced) == reason

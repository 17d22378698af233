"""What came in and what became of it."""

from django.test import Client

from archive.models import UploadBatch, UploadItem
from tests.factories import make_speech

BATCHES = "/admin/archive/uploadbatch/"
ITEMS = "/admin/archive/uploaditem/"


def test_a_batch_counts_its_outcomes_and_links_to_them(editor: Client) -> None:
    batch = UploadBatch.objects.create(label="四月的材料")
    for status in ("new", "new", "failed", "waiting"):
        UploadItem.objects.create(batch=batch, name="a.txt", status=status)
    for address in (BATCHES, f"{BATCHES}{batch.pk}/change/"):
        html = editor.get(address).content.decode()
        assert "四月的材料" in html
        assert f'{ITEMS}?batch__id__exact={batch.pk}&amp;status__exact=new">新增 2</a>' in html
        assert ">失败 1</a>" in html
        assert f'/admin/archive/speech/upload/{batch.pk}/">待确认 1</a>' in html
        assert "重复 " not in html


def test_items_are_listed_with_what_they_became(editor: Client) -> None:
    speech = make_speech(title="<b>题</b>")
    batch, other = UploadBatch.objects.create(), UploadBatch.objects.create()
    item = UploadItem.objects.create(batch=batch, name="a.txt", status="new", speech=speech)
    UploadItem.objects.create(batch=other, name="b.txt", status="failed", reason="文件是空的")
    page = editor.get(ITEMS, {"batch__id__exact": batch.pk, "status__exact": "new"})
    assert list(page.context["cl"].result_list) == [item]
    html = editor.get(ITEMS).content.decode()
    assert f"#{speech.pk} &lt;b&gt;题&lt;/b&gt;</a>" in html
    assert "文件是空的" in html
    assert editor.get(ITEMS, {"batch__created_by__password": "x"}).status_code == 400


def test_nothing_of_it_can_be_changed(administrator: Client) -> None:
    batch = UploadBatch.objects.create()
    assert administrator.post(f"{BATCHES}add/").status_code == 403
    assert administrator.post(f"{BATCHES}{batch.pk}/change/").status_code == 403
    assert administrator.post(f"{BATCHES}{batch.pk}/delete/").status_code == 403

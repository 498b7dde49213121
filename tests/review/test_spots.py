from grader.review.spots import Spot, around


def test_a_spot_as_json_has_short_numbers() -> None:
    """A table has two hundred cells, which all go to the browser."""
    box = (0.123456, 0.2, 0.3000001, 0.4)
    spot = Spot(id="answer.device/1", page=2, kind="passage", title="The device", boxes=(box,))
    assert spot.json == {
        "id": "answer.device/1",
        "page": 2,
        "kind": "passage",
        "title": "The device",
        "boxes": [[0.1235, 0.2, 0.3, 0.4]],
    }
    assert "boxes" not in Spot(id="pictures/1", page=1, kind="", title="").json


def test_a_box_around_boxes_has_them_all() -> None:
    """The smallest one."""
    assert around([(0.1, 0.5, 0.2, 0.6), (0.3, 0.4, 0.4, 0.5)]) == (0.1, 0.4, 0.4, 0.6)

"""YAML that keeps the line of every mapping (under the key `__line__`), so that a problem can name it."""

import yaml

from opencapex.problems import InputError, Problem, shown


class _LineLoader(yaml.CSafeLoader):
    """Safe YAML that keeps lines and refuses a key given twice."""


def _mapping(loader: _LineLoader, node: yaml.MappingNode) -> dict:
    keys = [loader.construct_object(key) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.MarkedYAMLError(problem=f"key {shown(key)} given twice", problem_mark=node.start_mark)
    return {**loader.construct_mapping(node, deep=True), "__line__": node.start_mark.line + 1}


_LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load_yaml(text: str, file: str, offset: int = 0) -> object:
    """The content of `text`, which begins `offset` lines down in `file`. Raises InputError with the line of a mistake."""
    try:
        return _shift(yaml.load(text, _LineLoader), offset)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        found = getattr(error, "problem", None) or "broken YAML"
        line = (mark.line if mark else 0) + 1 + offset
        raise InputError(
            [Problem(file, line, "", found, "where YAML should go on", "mend the YAML (indentation, quotes, colons)")]
        ) from None


def _shift(node: object, offset: int) -> object:
    if isinstance(node, dict):
        return {key: value + offset if key == "__line__" else _shift(value, offset) for key, value in node.items()}
    return [_shift(item, offset) for item in node] if isinstance(node, list) else node


def without_lines(value: object) -> object:
    """What was loaded, without the lines."""
    if isinstance(value, dict):
        return {key: without_lines(item) for key, item in value.items() if key != "__line__"}
    return [without_lines(item) for item in value] if isinstance(value, list) else value

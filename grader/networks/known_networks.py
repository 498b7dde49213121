"""Names a network of another family by the names of its tensors."""

import re
from collections.abc import Iterable

# Every pattern of an entry must match the beginning of some tensor's name.
_KNOWN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("a ResNet", (r"conv1\.weight", r"layer1\.0\.")),
    ("a ResNet", (r"layer1\.0\.", r"layer2\.0\.")),
    ("a VGG", (r"backbone\.conv0\.",)),
    ("an AlexNet", (r"features\.0\.weight", r"classifier\.1\.weight", r"classifier\.4\.weight")),
    ("a VGG", (r"features\.0\.weight", r"features\.[234]\.weight")),
    ("a MobileNetV3", (r"features\.1\.block\.", r"classifier\.3\.")),
    ("a MobileNetV3", (r"features\.\d+\.block\.\d+\.fc1\.", r"classifier\.3\.")),
    ("a ConvNeXt", (r"features\.\d+\.\d+\.layer_scale",)),
    ("an EfficientNet", (r"features\.\d+\.\d+\.block\.",)),
    ("a DenseNet", (r"features\.denseblock1\.",)),
    ("a SqueezeNet", (r"features\.\d+\.squeeze\.",)),
    ("a ShuffleNet", (r"stage2\.0\.branch",)),
    ("a GoogLeNet or an Inception", (r"(inception3a|Mixed_5b)\.",)),
    ("an MNASNet", (r"layers\.0\.weight", r"layers\.8\.\d\.layers\.")),
    ("a RegNet", (r"trunk_output\.block1\.",)),
    (
        "a vision transformer",
        (r"(encoder\.layers|blocks|vit\.encoder\.layer)\.\S*attn|class_token|cls_token",),
    ),
    ("a Swin transformer", (r"features\.\d+\.\d+\.attn\.",)),
    ("timm's EfficientNet, MobileNetV3 or MobileNetV2", (r"conv_stem\.", r"blocks\.0\.0\.")),
    (
        "a MobileNetV1",
        (
            r"(model|features|layers)\.\d+\.[03]\.weight",
            r"(model|features|layers)\.13\.[03]\.weight",
            r"(fc|linear|classifier)\.weight",
        ),
    ),
    ("kuangliu's MobileNetV2", (r"layers\.0\.conv3\.", r"linear\.weight")),
    ("kuangliu's MobileNet", (r"layers\.0\.conv2\.", r"linear\.weight")),
    ("a LeNet", (r"conv1\.weight", r"conv2\.weight", r"fc\d\.weight")),
)
_QUANTISED = re.compile(
    r"(^|\.)(scale|zero_point|_packed_params\S*|activation_post_process\S*|weight_fake_quant\S*)$|fake_quant"
)


def known_network(names: Iterable[str]) -> str | None:
    """Return the network that has tensors of these names, as a noun; None if it is not known."""
    given = list(names)
    for network, patterns in _KNOWN:
        if all(any(re.match(pattern, name) for name in given) for pattern in patterns):
            return network
    return None


def is_quantised(names: Iterable[str]) -> bool:
    """True if tensors of these names are those of a quantised network, or prepared for it."""
    return any(_QUANTISED.search(name) for name in names)

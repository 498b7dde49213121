"""Writes a MobileNetV2 as an ExecuTorch program directly, without the exporter.

ExecuTorch's exporter traces a module, decomposes it and partitions the result: ten seconds of work
for a graph that is known beforehand for this network. This module writes that graph in a tenth of a
second, with the exporter's own schema and serialiser: XNNPACK nodes for the convolutions
(each with its batch norm folded in, and ReLU6 as the bounds of its output), additions, the average
and the classifier. tests/networks/mobilenet_v2/test_lowering.py shows that both programs' logits
are equal in every bit.
"""

import math

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from grader.inference.lean_imports import bare_packages, imported_on_call, stand_in
from grader.inference.quiet import quiet_libraries
from grader.inference.runnable import Runnable
from grader.networks.mobilenet_v2.vision import Conv2dNormActivation, InvertedResidual, MobileNetV2

_XNNPACK = "executorch.backends.xnnpack"

_SYMBOLS = "executorch.exir.sym_util"

with (
    quiet_libraries(),
    bare_packages("executorch.exir", _XNNPACK, f"{_XNNPACK}.serialization"),
    # Only the exporter has shapes with symbols, for which torch imports sympy.
    stand_in(_SYMBOLS, eval_shape=imported_on_call(_SYMBOLS, "eval_shape")),
):
    from executorch.backends.xnnpack.serialization import xnnpack_graph_schema as xnn
    from executorch.backends.xnnpack.serialization.xnnpack_graph_serialize import (
        serialize_xnnpack_binary,
    )
    from executorch.exir import schema
    from executorch.exir._serialize._named_data_store import NamedDataStore
    from executorch.exir._serialize._program import PTEFile, serialize_pte_binary
    from executorch.exir.scalar_type import ScalarType

_INTERNAL = 0xFFFFFFFF  # XNN_INVALID_VALUE_ID: a value that is neither input nor output
_INPUT, _OUTPUT, _KEEP_DIMS = 1, 2, 64  # XNNPACK's flags
_BY_NAME = 0xFFFFFFFFFFFFFFFF  # in place of an offset: the constant is found by its name
_ALIGNMENT = 16  # of memory that the runtime plans, in bytes


def lower(network: Runnable, side: int = 224) -> bytes:
    """The network, a torchvision MobileNetV2 of any widths, as a `.pte` for XNNPACK.

    Its `forward` takes one image, float32 of shape (1, 3, side, side), and gives float32 logits of
    shape (1, classes).
    """
    module = network.module
    assert isinstance(module, MobileNetV2)
    graph = _Graph()
    image = graph.value((1, 3, side, side), external=0, flags=_INPUT)
    features = graph.transposed(image, (0, 2, 3, 1))
    for layer in module.features:
        if isinstance(layer, InvertedResidual):
            features = graph.block(features, layer)
        elif isinstance(layer, Conv2dNormActivation):
            features = graph.activated(features, layer)
        else:
            assert isinstance(layer, nn.Identity)  # a block that was pruned away
    classifier = module.classifier[1]
    assert isinstance(classifier, nn.Linear)
    logits = graph.classified(features, classifier)
    return _program(graph, image, logits)


class _Graph:
    """An XNNPACK graph as it grows: values, the nodes between them, and named constants.

    Activations are float32 and NHWC. Methods that add a node return the number of its output.
    """

    def __init__(self) -> None:
        self.nodes: list[xnn.XNode] = []
        self.values: list[xnn.XValue] = []
        self.constants = [xnn.ConstantDataOffset(offset=0, size=0)]  # number 0 means: none
        self.store = NamedDataStore()

    def shape(self, value: int) -> tuple[int, ...]:
        """The shape of a value."""
        return tuple(self.values[value].xvalue_union.dims)

    def value(
        self,
        shape: tuple[int, ...],
        *,
        external: int = _INTERNAL,
        flags: int = 0,
        constant: int = 0,
    ) -> int:
        """A new float32 value; the number it is known by."""
        number = len(self.values)
        tensor = xnn.XNNTensorValue(
            datatype=xnn.XNNDatatype.xnn_datatype_fp32,
            num_dims=len(shape),
            dims=list(shape),
            constant_buffer_idx=constant,
            external_id=external,
            flags=flags,
            id_out=number,
        )
        self.values.append(xnn.XValue(tensor))
        return number

    def constant(self, tensor: torch.Tensor) -> int:
        """A value that is part of the program."""
        name, content = str(len(self.constants)), tensor.detach().contiguous().numpy().tobytes()
        self.store.add_named_data(name, content, alignment=_ALIGNMENT)
        self.constants.append(
            xnn.ConstantDataOffset(offset=_BY_NAME, size=len(content), named_key=name)
        )
        return self.value(tuple(tensor.shape), constant=len(self.constants) - 1)

    def node(self, node: object, bounds: xnn.OutputMinMax | None = None) -> None:
        """Add a node; its output is clamped to `bounds`."""
        self.nodes.append(
            xnn.XNode(xnode_union=node, debug_handle=len(self.nodes), output_min_max=bounds)
        )

    def transposed(self, value: int, order: tuple[int, ...]) -> int:
        """`value` with its dimensions in another order."""
        shape = self.shape(value)
        output = self.value(tuple(shape[dimension] for dimension in order))
        self.node(xnn.XNNStaticTranspose(len(order), list(order), value, output, flags=0))
        return output

    def convolution(self, value: int, layer: nn.Conv2d, norm: nn.BatchNorm2d, relu6: bool) -> int:
        """A square convolution, depthwise or not, with the batch norm after it folded in."""
        folded = fuse_conv_bn_eval(layer, norm)
        assert folded.bias is not None
        count, height, width, _ = self.shape(value)
        kernel, stride, padding = layer.kernel_size[0], layer.stride[0], layer.padding[0]
        assert isinstance(padding, int)
        depthwise = layer.groups > 1
        side_by_side = (height, width)
        rows, columns = ((side + 2 * padding - kernel) // stride + 1 for side in side_by_side)
        order = (1, 2, 3, 0) if depthwise else (0, 2, 3, 1)  # XNNPACK's: 1HWC, and OHWI
        kind = xnn.XNNDepthwiseConv2d if depthwise else xnn.XNNConv2d
        weight = self.constant(folded.weight.permute(order))
        bias = self.constant(folded.bias)
        output = self.value((count, rows, columns, layer.out_channels))
        node = kind(
            padding_top=padding,
            padding_right=padding,
            padding_bottom=padding,
            padding_left=padding,
            kernel_height=kernel,
            kernel_width=kernel,
            subsampling_height=stride,
            subsampling_width=stride,
            dilation_height=1,
            dilation_width=1,
            group_input_channels=layer.in_channels // layer.groups,
            group_output_channels=layer.out_channels // layer.groups,
            groups=layer.groups,
            adjustment_height=0,
            adjustment_width=0,
            input1_id=value,
            filter_id=weight,
            bias_id=bias,
            output_id=output,
            flags=0,
        )
        self.node(node, xnn.OutputMinMax(0.0, 6.0) if relu6 else None)
        return output

    def activated(self, value: int, layers: nn.Sequential) -> int:
        """Convolution, batch norm, ReLU6."""
        convolution, norm, activation = layers
        assert isinstance(convolution, nn.Conv2d)
        assert isinstance(norm, nn.BatchNorm2d)
        assert isinstance(activation, nn.ReLU6)
        return self.convolution(value, convolution, norm, relu6=True)

    def block(self, value: int, block: InvertedResidual) -> int:
        """Expansion (but for the first block), depthwise convolution, projection, addition."""
        *widening, projection, norm = block.conv
        output = value
        for layers in widening:
            output = self.activated(output, layers)
        output = self.convolution(output, projection, norm, relu6=False)
        if not block.use_res_connect:
            return output
        added = self.value(self.shape(output))
        self.node(xnn.XNNAdd(value, output, added, flags=0))
        return added

    def classified(self, value: int, layer: nn.Linear) -> int:
        """The average over the image, and the classifier: the program's output."""
        count, _, _, channels = self.shape(value)
        average = self.value((count, 1, 1, channels))
        self.node(xnn.XNNGlobalAvgPooling2d(value, average, flags=_KEEP_DIMS))
        flat = self.value((count, channels))
        self.node(xnn.XNNStaticReshape(2, [count, channels], average, flat, flags=0))
        nothing = torch.zeros(layer.out_features)
        weight = self.constant(layer.weight)
        bias = self.constant(nothing if layer.bias is None else layer.bias)
        logits = self.value((count, layer.out_features), external=1, flags=_OUTPUT)
        self.node(xnn.XNNFullyConnected(flat, weight, bias, logits, flags=0))
        return logits


def _program(graph: _Graph, image: int, logits: int) -> bytes:
    """A program whose `forward` does nothing but hand `image` to XNNPACK and take `logits`."""
    delegate = serialize_xnnpack_binary(
        xnn.XNNGraph(
            version="0",
            xnodes=graph.nodes,
            xvalues=graph.values,
            num_externs=2,
            input_ids=[image],
            output_ids=[logits],
            constant_data=graph.constants,
        ),
        bytearray(),
    )
    start, end = _planned(graph.shape(image)), _planned(graph.shape(logits))
    forward = schema.ExecutionPlan(
        name="forward",
        container_meta_type=schema.ContainerMetadata("", ""),
        values=[_tensor(graph.shape(image), at=0), _tensor(graph.shape(logits), at=start)],
        inputs=[0],
        outputs=[1],
        chains=[schema.Chain([], [], [schema.Instruction(schema.DelegateCall(0, [0, 1]))], None)],
        operators=[],
        delegates=[
            schema.BackendDelegate(
                id="XnnpackBackend",
                processed=schema.BackendDelegateDataReference(schema.DataLocation.INLINE, 0),
                compile_specs=[],
            )
        ],
        non_const_buffer_sizes=[0, start + end],
    )
    program = schema.Program(
        version=0,
        execution_plan=[forward],
        constant_buffer=[schema.Buffer(b"")],
        backend_delegate_data=[schema.BackendDelegateInlineData(data=delegate)],
        segments=[],
        constant_segment=schema.SubsegmentOffsets(segment_index=0, offsets=[]),
    )
    file = PTEFile(program=program, named_data=graph.store.get_named_data_store_output())
    return bytes(serialize_pte_binary(file, extract_delegate_segments=True))


def _planned(shape: tuple[int, ...]) -> int:
    """The bytes that a float32 tensor takes in planned memory."""
    return -(-4 * math.prod(shape) // _ALIGNMENT) * _ALIGNMENT


def _tensor(shape: tuple[int, ...], at: int) -> schema.EValue:
    """A float32 tensor at a place in planned memory."""
    tensor = schema.Tensor(
        scalar_type=ScalarType.FLOAT,
        storage_offset=0,
        sizes=list(shape),
        dim_order=list(range(len(shape))),
        requires_grad=False,
        layout=0,
        data_buffer_idx=0,
        allocation_info=schema.AllocationDetails(1, at, 0),
        shape_dynamism=schema.TensorShapeDynamism.STATIC,
    )
    return schema.EValue(tensor)

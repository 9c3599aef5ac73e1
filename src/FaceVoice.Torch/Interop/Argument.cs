namespace FaceVoice.Torch.Interop;

/// <summary>An operator's argument on the managed side; made by the implicit conversions.</summary>
internal readonly struct Argument
{
    private Argument(ArgumentTag tag, long bits, object? reference = null)
    {
        Tag = tag;
        Bits = bits;
        Reference = reference;
    }

    public static Argument None => default;

    public ArgumentTag Tag { get; }

    /// <summary>The integer, the number's bits, the boolean, or device type and index (high and low half).</summary>
    public long Bits { get; }

    /// <summary>The tensor, the array or the string.</summary>
    public object? Reference { get; }

    public static implicit operator Argument(Tensor? value) => value is null ? None : new(ArgumentTag.Tensor, 0, value);

    public static implicit operator Argument(long value) => new(ArgumentTag.Integer, value);

    public static implicit operator Argument(int value) => new(ArgumentTag.Integer, value);

    public static implicit operator Argument(double value) =>
        new(ArgumentTag.Number, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Argument(bool value) => new(ArgumentTag.Boolean, value ? 1 : 0);

    public static implicit operator Argument(ScalarType value) => new(ArgumentTag.Integer, (long)value);

    public static implicit operator Argument(ScalarType? value) => value is { } type ? (Argument)type : None;

    public static implicit operator Argument(Scalar value) => value.Kind switch
    {
        ScalarKind.Integer => new(ArgumentTag.Integer, value.Bits),
        ScalarKind.Boolean => new(ArgumentTag.Boolean, value.Bits),
        _ => new(ArgumentTag.Number, value.Bits),
    };

    public static implicit operator Argument(Device? value) =>
        value is null ? None : new(ArgumentTag.Device, ((long)value.type << 32) | (uint)value.index);

    public static implicit operator Argument(long[]? value) => value is null ? None : new(ArgumentTag.IntegerList, 0, value);

    public static implicit operator Argument(double[]? value) => value is null ? None : new(ArgumentTag.NumberList, 0, value);

    public static implicit operator Argument(bool[]? value) => value is null ? None : new(ArgumentTag.BooleanList, 0, value);

    public static implicit operator Argument(Tensor?[] value) => new(ArgumentTag.TensorList, 0, value);

    public static implicit operator Argument(string? value) => value is null ? None : new(ArgumentTag.Text, 0, value);
}

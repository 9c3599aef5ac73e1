namespace FaceVoice.Torch.Interop;

/// <summary>What an operator's argument holds; the values are the shim's.</summary>
internal enum ArgumentTag
{
    None = 0,
    Tensor = 1,
    Integer = 2,
    Number = 3,
    Boolean = 4,
    IntegerList = 5,
    NumberList = 6,
    BooleanList = 7,
    TensorList = 8,
    Text = 9,
    Device = 10,
}

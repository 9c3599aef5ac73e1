namespace FaceVoice.Torch.Modules;

/// <summary>A module that turns two inputs into an output.</summary>
/// <typeparam name="T1">The first input.</typeparam>
/// <typeparam name="T2">The second input.</typeparam>
/// <typeparam name="TResult">The output.</typeparam>
/// <param name="name">What the module is called in messages.</param>
public abstract class Module<T1, T2, TResult>(string name) : Module(name)
{
    /// <summary>Computes the output.</summary>
    /// <param name="input1">The first input.</param>
    /// <param name="input2">The second input.</param>
    public abstract TResult forward(T1 input1, T2 input2);

    /// <summary>Computes the output.</summary>
    /// <param name="input1">The first input.</param>
    /// <param name="input2">The second input.</param>
    public TResult call(T1 input1, T2 input2) => forward(input1, input2);
}

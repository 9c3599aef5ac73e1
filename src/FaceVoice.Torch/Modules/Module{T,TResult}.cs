namespace FaceVoice.Torch.Modules;

/// <summary>A module that turns one input into an output.</summary>
/// <typeparam name="T">The input.</typeparam>
/// <typeparam name="TResult">The output.</typeparam>
/// <param name="name">What the module is called in messages.</param>
public abstract class Module<T, TResult>(string name) : Module(name)
{
    /// <summary>Computes the output.</summary>
    /// <param name="input">The input.</param>
    public abstract TResult forward(T input);

    /// <summary>Computes the output.</summary>
    /// <param name="input">The input.</param>
    public TResult call(T input) => forward(input);
}

using System.ComponentModel.DataAnnotations;
using FaceVoice.Training.Networks.Speaker;
using FaceVoice.Training.Speaker.Augmentation;

namespace FaceVoice.Training.Speaker;

/// <summary>Every setting of a training run of a speaker encoder.</summary>
public sealed record SpeakerTrainerOptions
{
    /// <summary>Gets the kind of network.</summary>
    /// <value>The default is the residual network.</value>
    public SpeakerArchitecture Architecture { get; init; }

    /// <summary>Gets the sizes of a residual network.</summary>
    /// <value>The default is the starter encoder's: stages of 16, 32, 64 and 128 channels.</value>
    public SpeakerResNetOptions Network { get; init; } = new() { Channels = [16, 32, 64, 128] };

    /// <summary>Gets the sizes of an x-vector network.</summary>
    /// <value>The default is SpeechBrain's, of 4.2 million weights and 512 values.</value>
    public XVectorOptions XVector { get; init; } = new();

    /// <summary>Gets the sizes of an ECAPA-TDNN.</summary>
    /// <value>The default is a small one, of 1.7 million weights and 192 values: the published one has 20 million, which wants a GPU.</value>
    public EcapaTdnnOptions Ecapa { get; init; } = EcapaTdnnOptions.Compact;

    /// <summary>
    /// Gets the folder of an earlier run of the same network, whose best weights this one starts from, its classifier where there are as
    /// many classes.
    /// </summary>
    /// <value>The default is null: random weights.</value>
    public string? InitialRun { get; init; }

    /// <summary>Gets how crops are varied.</summary>
    public AugmentationOptions Augmentation { get; init; } = new();

    /// <summary>Gets the length of a training crop, in seconds.</summary>
    /// <value>The default is 1.5 s: half the work of 3 s, and embeddings of longer speech hardly suffer.</value>
    [Range(0.5, 20)]
    public double CropSeconds { get; init; } = 1.5;

    /// <summary>Gets the crops of a forward pass.</summary>
    /// <value>The default is 64.</value>
    [Range(2, 4096)]
    public int BatchSize { get; init; } = 64;

    /// <summary>Gets the forward passes of a step.</summary>
    /// <value>The default is 1.</value>
    [Range(1, 1024)]
    public int Accumulation { get; init; } = 1;

    /// <summary>Gets the number of steps; the learning rate is annealed to the end of them.</summary>
    /// <value>The default is 6,000.</value>
    [Range(1, 100_000_000)]
    public long Steps { get; init; } = 6_000;

    /// <summary>
    /// Gets the time after which training ends even if steps are left, in minutes; the learning rate is annealed to whichever comes first.
    /// </summary>
    /// <value>The default is null: no limit. With a limit the run depends on the machine's speed and is not reproducible.</value>
    [Range(0.01, 1e6)]
    public double? MaxMinutes { get; init; }

    /// <summary>Gets the optimiser.</summary>
    /// <value>The default is AdamW.</value>
    public SpeakerOptimizer Optimizer { get; init; } = SpeakerOptimizer.AdamW;

    /// <summary>Gets the highest learning rate.</summary>
    /// <value>The default is 0.002, for AdamW; SGD wants about 0.1.</value>
    [Range(1e-7, 10)]
    public double LearningRate { get; init; } = 0.002;

    /// <summary>Gets the schedule after the warm-up.</summary>
    /// <value>The default is a cosine.</value>
    public LearningCurve Curve { get; init; } = LearningCurve.Cosine;

    /// <summary>Gets the share of the run during which the learning rate rises.</summary>
    /// <value>The default is 0.05.</value>
    [Range(0, 0.9)]
    public double WarmUp { get; init; } = 0.05;

    /// <summary>Gets the weight decay.</summary>
    /// <value>The default is 0.05, for AdamW; SGD wants about 1e-4.</value>
    [Range(0, 1)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Gets the norm that gradients are clipped to.</summary>
    /// <value>The default is 5.</value>
    [Range(1e-3, 1e6)]
    public double ClipNorm { get; init; } = 5;

    /// <summary>Gets the scale of the softmax.</summary>
    /// <value>The default is 30.</value>
    [Range(1, 200)]
    public double Scale { get; init; } = 30;

    /// <summary>Gets the full margin, in radians.</summary>
    /// <value>The default is 0.2.</value>
    [Range(0, 1)]
    public double Margin { get; init; } = 0.2;

    /// <summary>Gets the share of the run after which the margin starts to rise; it is full at <see cref="MarginFull"/>.</summary>
    /// <value>The default is 0.1.</value>
    [Range(0, 1)]
    public double MarginStart { get; init; } = 0.1;

    /// <summary>Gets the share of the run at which the margin is full.</summary>
    /// <value>The default is 0.5.</value>
    [Range(0, 1)]
    public double MarginFull { get; init; } = 0.5;

    /// <summary>Gets the number of held-out speakers; 0 trains on everybody and keeps the last weights.</summary>
    /// <value>The default is 20.</value>
    [Range(0, 100_000)]
    public int ValidationSpeakers { get; init; } = 20;

    /// <summary>Gets the recordings used of each held-out speaker.</summary>
    /// <value>The default is 10.</value>
    [Range(2, 1_000)]
    public int ValidationUtterances { get; init; } = 10;

    /// <summary>Gets the length of a validation crop, in seconds.</summary>
    /// <value>The default is 3 s.</value>
    [Range(0.5, 60)]
    public double ValidationSeconds { get; init; } = 3;

    /// <summary>Gets the steps between validations.</summary>
    /// <value>The default is 250.</value>
    [Range(1, 1_000_000)]
    public int ValidateEvery { get; init; } = 250;

    /// <summary>Gets the validations without progress after which training stops; 0 never stops early.</summary>
    /// <value>The default is 0: the last, annealed steps are usually the best.</value>
    [Range(0, 10_000)]
    public int Patience { get; init; }

    /// <summary>Gets the steps between checkpoints.</summary>
    /// <value>The default is 100.</value>
    [Range(1, 1_000_000)]
    public int CheckpointEvery { get; init; } = 100;

    /// <summary>Gets the steps between lines of the log.</summary>
    /// <value>The default is 10.</value>
    [Range(1, 100_000)]
    public int LogEvery { get; init; } = 10;

    /// <summary>Gets the steps with non-finite numbers in a row after which the run stops.</summary>
    /// <value>The default is 10.</value>
    [Range(1, 10_000)]
    public int NonFinitePatience { get; init; } = 10;

    /// <summary>Gets the seed of everything random.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Gets the device: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    /// <value>The default is cpu.</value>
    public string Device { get; init; } = "cpu";

    /// <summary>Gets LibTorch's threads; 0 leaves its choice.</summary>
    [Range(0, 1_024)]
    public int Threads { get; init; }

    /// <summary>Gets the threads that make crops.</summary>
    /// <value>The default is 1.</value>
    [Range(1, 256)]
    public int Workers { get; init; } = 1;

    internal int MelBins => Architecture switch
    {
        SpeakerArchitecture.XVector => XVector.MelBins,
        SpeakerArchitecture.Ecapa => Ecapa.MelBins,
        _ => Network.MelBands,
    };

    /// <summary>Makes the network that is to be trained, from the current random state.</summary>
    internal SpeakerNetwork CreateNetwork() => Architecture switch
    {
        SpeakerArchitecture.XVector => new XVector(XVector),
        SpeakerArchitecture.Ecapa => new EcapaTdnn(Ecapa),
        _ => new SpeakerResNet(Network),
    };
}

/// <summary>The kind of network that is trained.</summary>
public enum SpeakerArchitecture
{
    /// <summary>A small two-dimensional residual network: learns most from few hours. The starter encoder's.</summary>
    ResNet,

    /// <summary>The x-vector network in SpeechBrain's form, whose weights other tools read.</summary>
    XVector,

    /// <summary>ECAPA-TDNN in SpeechBrain's form.</summary>
    Ecapa,
}

/// <summary>How gradients become steps.</summary>
public enum SpeakerOptimizer
{
    /// <summary>Adam with decoupled weight decay.</summary>
    AdamW,

    /// <summary>Gradient descent with Nesterov's momentum of 0.9.</summary>
    Sgd,
}

/// <summary>How the learning rate falls after the warm-up.</summary>
public enum LearningCurve
{
    /// <summary>Half a cosine, to nearly nothing.</summary>
    Cosine,

    /// <summary>A straight line, to nearly nothing.</summary>
    Linear,

    /// <summary>Not at all.</summary>
    Constant,
}

using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using FaceVoice.Datasets.Features;

namespace FaceVoice.Training.Heads;

/// <summary>Every setting of a training run; <c>config.json</c> of the run folder holds them under the same names in snake_case.</summary>
public sealed record DualTrainingOptions
{
    /// <summary>Gets the samples in a batch.</summary>
    /// <value>The default is 256.</value>
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Gets how often every sample is seen.</summary>
    /// <value>The default is 20.</value>
    [Range(1, 100_000)]
    public int NumEpochs { get; init; } = 20;

    /// <summary>Gets the highest learning rate.</summary>
    /// <value>The default is 0.001.</value>
    [Range(1e-9, 1e3)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Gets the decoupled weight decay, on all parameters.</summary>
    /// <value>The default is 0.01.</value>
    [Range(0.0, 100.0)]
    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>Gets the norm that gradients are scaled down to; 0 leaves them alone.</summary>
    /// <value>The default is 1.</value>
    [Range(0.0, 1e9)]
    public double GradClipNorm { get; init; } = 1;

    /// <summary>Gets the temperature to start from; it is learnt within [0.05, 2].</summary>
    /// <value>The default is 0.1.</value>
    [Range(0.05, 2.0)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Gets a value indicating whether the temperature is learnt.</summary>
    /// <value>The default is true.</value>
    public bool LearnTemperature { get; init; } = true;

    /// <summary>Gets the seed of everything that is drawn.</summary>
    /// <value>The default is 1.</value>
    public ulong Seed { get; init; } = 1;

    /// <summary>Gets the widths of the hidden layers of both heads; empty for a single linear layer.</summary>
    /// <value>The default is 512, 256.</value>
    public IReadOnlyList<int> Hidden { get; init; } = [512, 256];

    /// <summary>Gets the length of a joint embedding.</summary>
    /// <value>The default is 256.</value>
    [Range(2, 8_192)]
    public int JointDimension { get; init; } = 256;

    /// <summary>Gets the probability with which a hidden value is zeroed in training.</summary>
    /// <value>The default is 0.1.</value>
    [Range(0.0, 0.95)]
    public double Dropout { get; init; } = 0.1;

    /// <summary>
    /// Gets a value indicating whether features are brought to mean 0 and deviation 1 first; folded into the first layer at export.
    /// </summary>
    /// <value>The default is true.</value>
    public bool Standardize { get; init; } = true;

    /// <summary>Gets the loss.</summary>
    /// <value>The default is <see cref="ContrastiveLossKind.InfoNce"/>.</value>
    public ContrastiveLossKind Loss { get; init; } = ContrastiveLossKind.InfoNce;

    /// <summary>Gets who is a positive of whom.</summary>
    /// <value>The default is <see cref="PositiveRelation.Identity"/>.</value>
    public PositiveRelation Positives { get; init; } = PositiveRelation.Identity;

    /// <summary>Gets how much of each target is spread over all candidates.</summary>
    /// <value>The default is 0.</value>
    [Range(0.0, 0.9)]
    public double LabelSmoothing { get; init; }

    /// <summary>Gets how many past embeddings serve as further negatives; 0 for none, else at least a batch.</summary>
    /// <value>The default is 0.</value>
    [Range(0, 1_000_000)]
    public int QueueSize { get; init; }

    /// <summary>Gets the share of batches that hold one gender only: negatives that gender alone cannot tell apart.</summary>
    /// <value>The default is 0.</value>
    [Range(0.0, 1.0)]
    public double HardNegatives { get; init; }

    /// <summary>Gets how many times a negative of the same gender counts.</summary>
    /// <value>The default is 1.</value>
    [Range(0.01, 1e6)]
    public double SameGenderWeight { get; init; } = 1;

    /// <summary>Gets how many samples of one person are kept together in a batch.</summary>
    /// <value>The default is 1.</value>
    [Range(1, 1_024)]
    public int ClipsPerIdentity { get; init; } = 1;

    /// <summary>
    /// Gets a value indicating whether a face is paired with a voice of any clip of its person, drawn anew in every epoch, rather than of
    /// its own clip.
    /// </summary>
    /// <value>The default is true: more pairs of the same people, and nothing that only one clip has to be learnt by heart.</value>
    public bool AnyClipOfPerson { get; init; } = true;

    /// <summary>Gets how many batches make one step of the optimiser.</summary>
    /// <value>The default is 1.</value>
    [Range(1, 1_024)]
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>Gets the steps over which the learning rate rises from 0.</summary>
    /// <value>The default is 100; never more than a tenth of the run.</value>
    [Range(0, 10_000_000)]
    public int WarmupSteps { get; init; } = 100;

    /// <summary>Gets how the learning rate falls after warm-up.</summary>
    /// <value>The default is <see cref="LearningRateDecay.Cosine"/>.</value>
    public LearningRateDecay Schedule { get; init; } = LearningRateDecay.Cosine;

    /// <summary>Gets what a plateau multiplies the learning rate by.</summary>
    /// <value>The default is 0.3.</value>
    [Range(0.001, 0.999)]
    public double PlateauFactor { get; init; } = 0.3;

    /// <summary>Gets how many epochs without improvement make a plateau.</summary>
    /// <value>The default is 3.</value>
    [Range(1, 10_000)]
    public int PlateauPatience { get; init; } = 3;

    /// <summary>Gets the lowest learning rate.</summary>
    /// <value>The default is 0.000001.</value>
    [Range(0.0, 1.0)]
    public double MinLearningRate { get; init; } = 1e-6;

    /// <summary>Gets the decay of the running mean of the weights; 0 for none. With it, the mean is validated and exported.</summary>
    /// <value>The default is 0.</value>
    [Range(0.0, 0.99999)]
    public double EmaDecay { get; init; }

    /// <summary>Gets after how many epochs without improvement on the validation people the run ends; 0 for never.</summary>
    /// <value>The default is 6.</value>
    [Range(0, 100_000)]
    public int EarlyStoppingPatience { get; init; } = 6;

    /// <summary>Gets the share of people for validation.</summary>
    /// <value>The default is 0.1.</value>
    [Range(0.0, 0.9)]
    public double ValidationSize { get; init; } = 0.1;

    /// <summary>Gets the share of people for testing.</summary>
    /// <value>The default is 0.1.</value>
    [Range(0.0, 0.9)]
    public double TestSize { get; init; } = 0.1;

    /// <summary>Gets after how many skipped steps in a row the run stops.</summary>
    /// <value>The default is 10.</value>
    [Range(1, 1_000_000)]
    public int NonfinitePatience { get; init; } = 10;

    /// <summary>Gets after how many epochs at chance the run stops with a diagnosis; 0 for never.</summary>
    /// <value>The default is 3.</value>
    [Range(0, 100_000)]
    public int ChancePatience { get; init; } = 3;

    /// <summary>Gets how many steps lie between two lines of the log.</summary>
    /// <value>The default is 10.</value>
    [Range(1, 1_000_000)]
    public int LogEvery { get; init; } = 10;

    /// <summary>Gets the device: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    /// <value>The default is cpu.</value>
    public string Device { get; init; } = "cpu";

    /// <summary>
    /// Gets the arithmetic: <c>float32</c>, or <c>tf32</c> (matrix products with a short mantissa; on CUDA devices alone).
    /// </summary>
    /// <value>The default is float32.</value>
    [AllowedValues("float32", "tf32")]
    public string Precision { get; init; } = "float32";

    /// <summary>Gets the threads that one operator may use.</summary>
    /// <value>The default is 1: heads of this size gain nothing from more.</value>
    [Range(1, 256)]
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Gets the weights of the speaker encoder (a state dict: safetensors or PyTorch), which is then trained together with the heads; the
    /// voice features
    /// are log-mels in that case. Empty leaves the encoders frozen.
    /// </summary>
    /// <value>The default is empty.</value>
    public string TrainSpeakerEncoder { get; init; } = "";

    /// <summary>Gets the highest learning rate of the speaker encoder; it follows the schedule of <see cref="LearningRate"/>.</summary>
    /// <value>The default is 0.00005.</value>
    [Range(1e-12, 1e3)]
    public double SpeakerLearningRate { get; init; } = 5e-5;

    /// <summary>Checks every range, and what two settings mean together.</summary>
    /// <exception cref="ValidationException">A setting is out of range; the message names it.</exception>
    public void Validate()
    {
        // Runs of earlier versions may have been started with it.
        Require(Precision != "bfloat16", "precision bfloat16 is no longer offered: train in float32, or in tf32 on a GPU (a run of an earlier version goes on once precision in its config.json says so)");
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        Require(ValidationSize + TestSize < 1, $"validation_size {ValidationSize} and test_size {TestSize} leave nobody to train on");
        Require(QueueSize == 0 || QueueSize >= BatchSize, $"queue_size {QueueSize} does not hold one batch of {BatchSize}");
        Require(Hidden.All(width => width is > 0 and <= 65_536), $"hidden widths must lie between 1 and 65536, not {string.Join(", ", Hidden)}");
        Require(Precision == "float32" || Device.StartsWith("cuda", StringComparison.Ordinal), $"precision {Precision} is for GPUs (--device cuda); on device {Device} train in float32");
        Require(MinLearningRate <= LearningRate, $"min_learning_rate {MinLearningRate} is above learning_rate {LearningRate}");
    }

    /// <summary>Reads settings from JSON; what is not named keeps its default.</summary>
    /// <param name="json">An object with names in snake_case.</param>
    /// <exception cref="InvalidDataException">A name is unknown or a value of the wrong kind.</exception>
    public static DualTrainingOptions FromJson(JsonNode json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return json.Deserialize<DualTrainingOptions>(FeatureJson.Options) ?? new();
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"The settings cannot be read: {error.Message}", error);
        }
    }

    /// <summary>All settings, for <c>config.json</c>.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, FeatureJson.Options)!.AsObject();

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ValidationException(message + ".");
        }
    }
}

/// <summary>Which question the training loss asks.</summary>
public enum ContrastiveLossKind
{
    /// <summary>Which of all voices belongs to this face, and the other way round: cross entropy over the batch.</summary>
    InfoNce,

    /// <summary>Do this face and this voice belong together: one yes or no a pair (SigLIP).</summary>
    Sigmoid,
}

/// <summary>How the learning rate falls after warm-up.</summary>
public enum LearningRateDecay
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>Along half a cosine to the lowest rate at the end of the run.</summary>
    Cosine,

    /// <summary>By a factor whenever the validation people have not improved for some epochs.</summary>
    Plateau,
}

/// <summary>Which samples count as belonging together.</summary>
public enum PositiveRelation
{
    /// <summary>Those of the same person.</summary>
    Identity,

    /// <summary>Those of people of the same gender: what can be learnt when no person is in both modalities.</summary>
    Gender,

    /// <summary>Those of people of the same gender and the same age band; people of a band without a stated gender belong together.</summary>
    GenderAndAge,
}

/// <summary>The learning rate as a function of the step and of what the plateau has done so far; it keeps no state of its own.</summary>
internal sealed class LearningRateSchedule(DualTrainingOptions options, long totalSteps)
{
    private readonly long _warmup = Math.Min(options.WarmupSteps, Math.Max(1, totalSteps / 10));

    /// <summary>Gets the steps of warm-up that this run has.</summary>
    public long WarmupSteps => _warmup;

    /// <param name="step">Optimiser steps done so far.</param>
    /// <param name="reductions">How often the plateau has cut the rate.</param>
    public double At(long step, int reductions)
    {
        if (step < _warmup)
        {
            return options.LearningRate * (step + 1) / _warmup;
        }

        var rate = options.Schedule switch
        {
            LearningRateDecay.Cosine => Cosine(step),
            LearningRateDecay.Plateau => options.LearningRate * Math.Pow(options.PlateauFactor, reductions),
            _ => options.LearningRate,
        };
        return Math.Max(rate, options.MinLearningRate);
    }

    private double Cosine(long step)
    {
        var progress = Math.Min(1, (step - _warmup) / (double)Math.Max(1, totalSteps - _warmup));
        return options.MinLearningRate + (0.5 * (options.LearningRate - options.MinLearningRate) * (1 + Math.Cos(Math.PI * progress)));
    }
}

using FaceVoice.Torch.Modules;

namespace FaceVoice.Torch.Optim;

/// <summary>Parameters that an optimiser treats alike.</summary>
public sealed class ParameterGroup
{
    /// <summary>Makes a group.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="lr">Their learning rate; the optimiser's if null.</param>
    /// <param name="weight_decay">Their weight decay; the optimiser's if null.</param>
    public ParameterGroup(IEnumerable<Parameter> parameters, double? lr = null, double? weight_decay = null)
    {
        Parameters = [.. parameters];
        GivenLearningRate = lr;
        GivenWeightDecay = weight_decay;
    }

    /// <summary>Gets the parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Gets or sets the learning rate of the next step.</summary>
    public double LearningRate { get; set; }

    /// <summary>Gets or sets the learning rate that schedules multiply.</summary>
    public double InitialLearningRate { get; set; }

    /// <summary>Gets or sets the weight decay of the next step.</summary>
    public double WeightDecay { get; set; }

    internal double? GivenLearningRate { get; }

    internal double? GivenWeightDecay { get; }
}

using FaceVoice.Training.Networks.Speaker;
using Xunit;

namespace FaceVoice.Training.Tests.Networks.Speaker;

public sealed class SpeakerGradientTests
{
    private static readonly XVectorOptions TinyXVector = new()
    {
        MelBins = 6,
        Channels = [8, 8, 12],
        KernelSizes = [5, 3, 1],
        Dilations = [1, 2, 1],
        EmbeddingDimension = 5,
    };

    private static readonly EcapaTdnnOptions TinyEcapa = new()
    {
        MelBins = 6,
        Channels = [16, 16, 16, 24],
        KernelSizes = [5, 3, 3, 1],
        Dilations = [1, 2, 3, 1],
        AttentionChannels = 8,
        SqueezeChannels = 8,
        EmbeddingDimension = 5,
    };

    [Fact]
    public void Networks_InTraining_PassGradientCheckOfInputAndWeights()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        using XVector xVector = new XVector(TinyXVector).to(ScalarType.Float64);
        using EcapaTdnn ecapa = new EcapaTdnn(TinyEcapa).to(ScalarType.Float64);
        Tensor features = randn([3, 20, 6], dtype: ScalarType.Float64);
        Tensor direction = randn([3, 5], dtype: ScalarType.Float64);

        foreach (SpeakerNetwork network in new SpeakerNetwork[] { xVector, ecapa })
        {
            GradientCheck.Run(features, x => (network.forward(x) * direction).sum());
            foreach ((_, Parameter parameter) in network.named_parameters())
            {
                GradientCheck.Run(parameter.detach().clone(), value => (WithWeights(network, parameter, value, features) * direction).sum(), () => parameter, most: 3);
            }
        }
    }

    [Fact]
    public void Training_OfCompactNetwork_LearnsToTellNoiseApart()
    {
        manual_seed(5);
        using EcapaTdnn network = new(TinyEcapa);
        using AamSoftmax loss = new(5, 4, scale: 15);
        using AdamW optimizer = optim.AdamW([.. network.parameters(), .. loss.parameters()], lr: 3e-3, weight_decay: 0.01);
        using Tensor prototypes = randn(4, 1, 6).DetachFromDisposeScope();
        double first = 0;
        double last = 0;
        for (int step = 0; step < 60; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor labels = randint(0, 4, [16]);
            Tensor features = prototypes.index_select(0, labels) + randn(16, 20, 6);
            optimizer.zero_grad();
            Tensor value = loss.forward(network.forward(features), labels);
            value.backward();
            optimizer.step();
            last = value.ToDouble();
            first = step == 0 ? last : first;
        }

        Assert.True(last < first / 3, $"{first} to {last}");
    }

    private static Tensor WithWeights(SpeakerNetwork network, Parameter parameter, Tensor value, Tensor features)
    {
        using (no_grad())
        {
            parameter.copy_(value);
        }

        return network.forward(features);
    }
}

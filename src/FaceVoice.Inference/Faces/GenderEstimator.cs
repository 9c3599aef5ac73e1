using FaceVoice.Inference.Faces.Imaging;
using FaceVoice.Media;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Faces;

/// <summary>
/// Estimates how male a face looks, to stratify evaluations by (SSR-Net). Rough: meant for counts over many faces. Thread-safe.
/// </summary>
public sealed class GenderEstimator : IDisposable
{
    private const int InputSize = 64;
    private const float CropScale = 1.4f;
    private const int Stages = 3;

    /// <summary>
    /// The means and deviations of ImageNet, applied in channel order although the planes are blue, green, red: as the network was trained.
    /// </summary>
    private static readonly PlaneNormalization Normalization =
        new(ChannelOrder.Bgr, [.485f * 255, .456f * 255, .406f * 255], [1 / (.229f * 255), 1 / (.224f * 255), 1 / (.225f * 255)]);

    private readonly OnnxSession _session;
    private readonly OnnxCallPool _calls;
    private readonly int[] _probabilities = new int[Stages];
    private readonly int[] _offsets = new int[Stages];
    private readonly int[] _deltas = new int[Stages];

    /// <summary>Loads the network.</summary>
    /// <param name="modelPath">Its file; null for the one that travels with the program.</param>
    /// <exception cref="OnnxModelException">The model is missing or is another model.</exception>
    public GenderEstimator(string? modelPath = null)
    {
        _session = OnnxSession.Load(modelPath ?? FaceModels.Gender);
        _session.RequireInput("input", TensorElement.Real32, 1, 3, InputSize, InputSize);
        for (var stage = 0; stage < Stages; stage++)
        {
            _probabilities[stage] = IndexOf($"prob_stage_{stage + 1}", 3);
            _offsets[stage] = IndexOf($"index_offset_stage{stage + 1}", 3);
            _deltas[stage] = IndexOf($"stage{stage + 1}_delta_k", 1);
        }

        _calls = new OnnxCallPool(_session);
    }

    /// <summary>Estimates one face.</summary>
    /// <param name="image">The picture the face was found in.</param>
    /// <param name="box">The face's box from the detector.</param>
    /// <exception cref="NonFiniteOutputException">The network gave something that is not a number.</exception>
    public GenderEstimate Estimate(RgbImage image, BoundingBox box)
    {
        ArgumentNullException.ThrowIfNull(image);
        var region = SquareCrop.ShiftInside(SquareCrop.Around(box, CropScale), image.Width, image.Height);
        using var crop = SquareCrop.Cut(image, region, InputSize);
        using var call = _calls.Rent();
        PlaneWriter.Write(crop, Normalization, call.Floats(0));
        call.Run();
        var value = Regress(call);
        return float.IsFinite(value) ? new GenderEstimate(Math.Clamp(value, 0, 1)) : throw new NonFiniteOutputException(_session.Name);
    }

    /// <summary>Frees the session. No call may be under way.</summary>
    public void Dispose()
    {
        _calls.Dispose();
        _session.Dispose();
    }

    /// <summary>
    /// Soft stagewise regression: each stage adds a digit with its own, shifted, number of bins (Yang et al. 2018, eq. 5).
    /// </summary>
    private float Regress(OnnxCall call)
    {
        float value = 0, bins = 1;
        for (var stage = 0; stage < Stages; stage++)
        {
            bins *= 3 * (1 + call.Output(_deltas[stage])[0]);
            var probabilities = call.Output(_probabilities[stage]);
            var offsets = call.Output(_offsets[stage]);
            for (var i = 0; i < 3; i++)
            {
                value += (i + offsets[i]) * probabilities[i] / bins;
            }
        }

        return value;
    }

    private int IndexOf(string output, int size) => _session.Outputs.ToList().IndexOf(_session.RequireOutput(output, TensorElement.Real32, 1, size));
}
